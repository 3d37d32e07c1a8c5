import ForgeCore
import Testing

@Suite struct CppNameTests {
  private static let string = "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >"

  @Test(arguments: [
    (string, "std::string"),
    ("Plan::Build(\(string) const&)", "Plan::Build(std::string const&)"),
    (
      "std::map<\(string), int, std::less<\(string) >, std::allocator<std::pair<\(string) const, int> > >::at()",
      "std::map<std::string, int>::at()"
    ),
    ("operator<<(std::basic_ostream<char, std::char_traits<char> >&)", "operator<<(std::ostream&)"),
    ("Name[abi:cxx11](std::vector<int>)", "Name(std::vector<int>)"),
    ("EvalString::Unparse[abi:cxx11]() const", "EvalString::Unparse() const"),
    ("Edge::operator->() const", "Edge::operator->() const"),
    // A parameter is no default of a template.
    ("f(int, std::allocator<char>, int)", "f(int, std::allocator<char>, int)"),
    ("std::less<int", "std::less<int"), ("a<b, std::less<c", "a<b"),
    ("main", "main"), ("<bat::Config>::new", "<bat::Config>::new"),
  ])
  func namesAreShort(name: String, short: String) { #expect(CppName.short(name) == short) }
}
