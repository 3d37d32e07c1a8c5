ln -s @ELSEWHERE@ executable
ln -s /etc dist
