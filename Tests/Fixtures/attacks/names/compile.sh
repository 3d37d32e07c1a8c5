set -e
cp "$(printf 'pro\377gram')" executable
chmod 755 executable
