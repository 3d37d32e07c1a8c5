import ForgeCore
import ForgeGrade
import SystemPackage

// taskforge-windows REFERENCE FILE...
//
// Prints for each file the share of the reference's windows that it holds; see scripts/bench-likeness.

func run(_ arguments: [String]) throws {
  guard let first = arguments.first, arguments.count > 1 else {
    throw ForgeError(.malformed, "taskforge-windows REFERENCE FILE...")
  }
  let windows = ReferenceWindows(reference: try FileDescriptor.readAll(FilePath(first)))
  for name in arguments.dropFirst() {
    print(windows.share(in: try FileDescriptor.readAll(FilePath(name))), name)
  }
}

try run(Array(CommandLine.arguments.dropFirst()))
