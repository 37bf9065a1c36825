import Testing

/// Something that had to come did not come.
struct TooLate: Error, CustomStringConvertible {
    var description: String
}

/// Waits until `condition` holds, which must be soon: thirty seconds are a failure, unless told.
func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TooLate(description: "still not so: \(what())") }
        try await Task.sleep(for: .milliseconds(1))
    }
}
