import Foundation

/// Reads a count until it says the same twice: requests that the end of a round has cut off are then through.
func steady<Count: Equatable>(_ read: () throws -> Count) throws -> Count {
    var last = try read()
    for _ in 0..<100 {
        usleep(20_000)
        let count = try read()
        if count == last { return count }
        last = count
    }
    throw BenchmarkError("requests go on after the end of a round")
}
