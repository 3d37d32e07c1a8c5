extension GoCounters {
  /// What finds the files, rewrites them and writes the map.
  static let rewriting = #"""
    // Counts how often the statements of upstream's own packages run: rewrites their files by `go tool cover`, and
    // prints the overlay with which `go build` takes the rewritten ones.
    package main

    import (
    	"crypto/sha256"
    	"encoding/hex"
    	"encoding/json"
    	"fmt"
    	"go/ast"
    	"go/parser"
    	"go/token"
    	"os"
    	"os/exec"
    	"path/filepath"
    	"regexp"
    	"strconv"
    	"strings"
    	"syscall"
    )

    // What is counted of one file. Numbers count from the file's first counter.
    type counted struct {
    	File      string     `json:"file"`
    	Digest    string     `json:"digest"`
    	First     int        `json:"first"`
    	Count     int        `json:"count"`
    	Lines     [][2]int   `json:"lines"`
    	Functions []function `json:"functions"`
    }

    type function struct {
    	Name    string `json:"name"`
    	Line    int    `json:"line"`
    	Counter int    `json:"counter"`
    }

    func main() {
    	// The go command, `edges` or `lines`, where upstream's tree is, where to work, and the words after the verb.
    	tool, kind, source, work, words := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5:]
    	check(os.MkdirAll(work, 0o755))
    	lock, err := os.OpenFile(filepath.Join(work, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
    	check(err)
    	check(syscall.Flock(int(lock.Fd()), syscall.LOCK_EX))
    	var known []counted
    	if text, err := os.ReadFile(filepath.Join(work, "map.json")); err == nil {
    		check(json.Unmarshal(text, &known))
    	}
    	overlay := map[string]string{}
    	for _, file := range files(tool, source, words) {
    		if part := rewrite(tool, kind, work, file, &known); part != "" {
    			overlay[file] = part
    		}
    	}
    	text, err := json.Marshal(known)
    	check(err)
    	check(os.WriteFile(filepath.Join(work, "map.json"), text, 0o644))
    	list, err := json.Marshal(map[string]interface{}{"Replace": overlay})
    	check(err)
    	place := filepath.Join(work, fmt.Sprintf("overlay-%d.json", os.Getpid()))
    	check(os.WriteFile(place, list, 0o644))
    	fmt.Println(place)
    }

    func check(err error) {
    	if err != nil {
    		fmt.Fprintln(os.Stderr, "counting statements:", err)
    		os.Exit(1)
    	}
    }

    // The flags of go build and go test that stand without a value.
    var alone = map[string]bool{}

    func init() {
    	for _, name := range strings.Fields("a n v x i race msan asan work linkshared trimpath modcacherw cover c json short failfast benchmem buildvcs fullpath") {
    		alone[name] = true
    	}
    }

    // The files of every package of upstream's that the command builds.
    func files(tool, source string, words []string) []string {
    	query := []string{"list", "-deps", "-f", "{{if not .Standard}}{{.Dir}}{{range .GoFiles}}\t{{.}}{{end}}{{range .CgoFiles}}\t{{.}}{{end}}{{end}}"}
    	var names []string
    	for at := 0; at < len(words); at++ {
    		word := words[at]
    		if word == "-args" || word == "--args" {
    			break
    		}
    		if !strings.HasPrefix(word, "-") {
    			names = append(names, word)
    			continue
    		}
    		name, _, valued := strings.Cut(strings.TrimLeft(word, "-"), "=")
    		value := []string{word}
    		if !valued && !alone[name] && at+1 < len(words) {
    			at++
    			value = append(value, words[at])
    		}
    		switch name {
    		case "tags", "mod", "modfile", "race", "msan", "asan":
    			query = append(query, value...)
    		}
    	}
    	command := exec.Command(tool, append(append(query, "--"), names...)...)
    	command.Stderr = os.Stderr
    	text, err := command.Output()
    	check(err)
    	var result []string
    	for _, line := range strings.Split(string(text), "\n") {
    		parts := strings.Split(line, "\t")
    		directory := parts[0] + "/"
    		if len(parts) < 2 || !strings.HasPrefix(directory, source+"/") || strings.Contains(directory, "/vendor/") {
    			continue
    		}
    		for _, name := range parts[1:] {
    			result = append(result, directory+name)
    		}
    	}
    	return result
    }

    // Rewrites a file, or finds it rewritten, and gives the place of the new one.
    func rewrite(tool, kind, work, file string, known *[]counted) string {
    	text, err := os.ReadFile(file)
    	check(err)
    	sum := sha256.Sum256(text)
    	item := counted{File: file, Digest: hex.EncodeToString(sum[:])}
    	next := 0
    	for index, old := range *known {
    		if old.File == file && old.Digest == item.Digest {
    			return filepath.Join(work, fmt.Sprintf("%d.go", index))
    		}
    		next = old.First + old.Count
    	}
    	item.First = next
    	name := fmt.Sprintf("taskforge_counters_%d", len(*known))
    	output, err := exec.Command(tool, "tool", "cover", "-mode=count", "-var="+name, file).Output()
    	if err != nil {
    		// A file that cover does not read is none that the compiler reads: its message is the better one.
    		return ""
    	}
    	code, table, found := strings.Cut(string(output), "\nvar "+name+" = struct {")
    	if !found {
    		check(fmt.Errorf("go tool cover wrote something else than expected for %s", file))
    	}
    	blocks := positions(table)
    	item.Count = len(blocks)
    	item.describe(file, text, blocks)
    	code = regexp.MustCompile(`^//line [^\n]*`).ReplaceAllString(code, "//line "+file+":1")
    	code = regexp.MustCompile(name+`\.Count\[(\d+)\]\+\+`).ReplaceAllString(code, name+".hit($1)")
    	code += fmt.Sprintf("\nvar %s = %s_memory(%d, %d)\n", name, name, item.First, item.Count)
    	code = withRuntime(code, kind, name)
    	place := filepath.Join(work, fmt.Sprintf("%d.go", len(*known)))
    	check(os.WriteFile(place, []byte(code), 0o644))
    	*known = append(*known, item)
    	return place
    }

    type block struct{ line, column int }

    // Where the blocks begin that cover's table lists.
    func positions(table string) []block {
    	var result []block
    	for _, match := range regexp.MustCompile(`(?m)^\t\t(\d+), \d+, 0x([0-9a-f]+), // \[\d+\]`).FindAllStringSubmatch(table, -1) {
    		line, _ := strconv.Atoi(match[1])
    		columns, _ := strconv.ParseUint(match[2], 16, 32)
    		result = append(result, block{line, int(columns & 0xffff)})
    	}
    	return result
    }

    // Finds the statements and functions of a file, and the counter of each: that of the last block that begins before.
    func (item *counted) describe(file string, text []byte, blocks []block) {
    	set := token.NewFileSet()
    	tree, err := parser.ParseFile(set, file, text, 0)
    	check(err)
    	counter := func(at token.Pos) int {
    		place := set.PositionFor(at, false)
    		best := -1
    		for index, one := range blocks {
    			before := one.line < place.Line || one.line == place.Line && one.column <= place.Column
    			if before && (best < 0 || one.line > blocks[best].line || one.line == blocks[best].line && one.column >= blocks[best].column) {
    				best = index
    			}
    		}
    		return best
    	}
    	ast.Inspect(tree, func(node ast.Node) bool {
    		switch node := node.(type) {
    		case *ast.FuncDecl:
    			if node.Body != nil && len(node.Body.List) > 0 {
    				if found := counter(node.Body.List[0].Pos()); found >= 0 {
    					item.Functions = append(item.Functions, function{naming(node), set.PositionFor(node.Pos(), false).Line, found})
    				}
    			}
    		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.EmptyStmt, *ast.LabeledStmt:
    		case *ast.DeclStmt:
    			if declaration, is := node.Decl.(*ast.GenDecl); is && declaration.Tok == token.VAR {
    				item.add(set, node.Pos(), counter)
    			}
    		case ast.Stmt:
    			item.add(set, node.Pos(), counter)
    		}
    		return true
    	})
    }

    func (item *counted) add(set *token.FileSet, at token.Pos, counter func(token.Pos) int) {
    	pair := [2]int{set.PositionFor(at, false).Line, counter(at)}
    	if last := len(item.Lines) - 1; pair[1] < 0 || last >= 0 && item.Lines[last] == pair {
    		return
    	}
    	item.Lines = append(item.Lines, pair)
    }

    // The name as a stack trace has it, without its package: `(*T).Name`, `T.Name`, `Name`.
    func naming(node *ast.FuncDecl) string {
    	if node.Recv == nil || len(node.Recv.List) == 0 {
    		return node.Name.Name
    	}
    	kind, pointer := node.Recv.List[0].Type, false
    	for {
    		switch inner := kind.(type) {
    		case *ast.StarExpr:
    			kind, pointer = inner.X, true
    			continue
    		case *ast.ParenExpr:
    			kind = inner.X
    			continue
    		case *ast.IndexExpr:
    			kind = inner.X
    			continue
    		case *ast.Ident:
    			if pointer {
    				return "(*" + inner.Name + ")." + node.Name.Name
    			}
    			return inner.Name + "." + node.Name.Name
    		}
    		return node.Name.Name
    	}
    }

    // Adds what finds the memory of the file's counters.
    func withRuntime(code, kind, name string) string {
    	set := token.NewFileSet()
    	tree, err := parser.ParseFile(set, "", code, parser.ImportsOnly)
    	check(err)
    	at := set.PositionFor(tree.Name.End(), false).Offset
    	imports := `; import taskforge_atomic "sync/atomic"; import taskforge_calls "syscall"; import taskforge_unsafe "unsafe"`
    	runtime := lines
    	if kind == "edges" {
    		runtime = edges
    		if tree.Name.Name == "main" {
    			runtime += last
    		}
    	}
    	return code[:at] + imports + code[at:] + strings.ReplaceAll(runtime, "FILE", name)
    }

    """#
}
