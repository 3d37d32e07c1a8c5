extension GoCounters {
  /// What goes into each rewritten file and finds its counters, with `FILE` for a name of its own.
  static let runtimes = #"""
    // Counters of a run of the coverage build, in a file that all runs share.
    const lines = `
    type FILE_list []uint32

    func (list FILE_list) hit(at int) {
    	if at < len(list) && taskforge_atomic.LoadUint32(&list[at]) < 1<<31 {
    		taskforge_atomic.AddUint32(&list[at], 1)
    	}
    }

    func FILE_memory(first, count int) FILE_list {
    	place, given := taskforge_calls.Getenv("GOCOVERDIR")
    	if !given || count == 0 {
    		return nil
    	}
    	file, err := taskforge_calls.Open(place+"/counters", taskforge_calls.O_RDWR|taskforge_calls.O_CREAT|taskforge_calls.O_CLOEXEC, 0o666)
    	if err != nil {
    		return nil
    	}
    	defer taskforge_calls.Close(file)
    	var status taskforge_calls.Stat_t
    	size := ((first+count)*4 + 1<<20) &^ (1<<20 - 1)
    	if taskforge_calls.Fstat(file, &status) != nil || status.Size < int64(size) && taskforge_calls.Fallocate(file, 0, 0, int64(size)) != nil {
    		return nil
    	}
    	memory, err := taskforge_calls.Mmap(file, 0, size, taskforge_calls.PROT_READ|taskforge_calls.PROT_WRITE, taskforge_calls.MAP_SHARED)
    	if err != nil {
    		return nil
    	}
    	return (*[1 << 26]uint32)(taskforge_unsafe.Pointer(&memory[0]))[first : first+count : first+count]
    }
    `

    // Counters of a measured run, in the memory that a cell hands over as a descriptor (Sources/Cell/edges.h).
    const edges = `
    type FILE_list []uint32

    // Other threads may count between the two: what lies from 128 to 255 is all one to the cell.
    func (list FILE_list) hit(at int) {
    	if at < len(list) && taskforge_atomic.LoadUint32(&list[at]) < 128 {
    		taskforge_atomic.AddUint32(&list[at], 1)
    	}
    }

    func FILE_handed() bool {
    	seals, _, _ := taskforge_calls.Syscall(taskforge_calls.SYS_FCNTL, 198, 1034, 0)
    	if seals != 7 {
    		return false
    	}
    	size, err := taskforge_calls.Seek(198, 0, 2)
    	return err == nil && size == 1<<18
    }

    func FILE_memory(first, count int) FILE_list {
    	if count == 0 || count > 1<<16 || !FILE_handed() {
    		return nil
    	}
    	memory, err := taskforge_calls.Mmap(198, 0, 1<<18, taskforge_calls.PROT_READ|taskforge_calls.PROT_WRITE, taskforge_calls.MAP_SHARED)
    	if err != nil {
    		return nil
    	}
    	first %= 1<<16 - count + 1
    	return (*[1 << 16]uint32)(taskforge_unsafe.Pointer(&memory[0]))[first : first+count : first+count]
    }
    `

    // The variables of every other package are made before those of main.
    const last = `
    func init() {
    	if FILE_handed() {
    		taskforge_calls.Close(198)
    	}
    }
    `

    """#
}
