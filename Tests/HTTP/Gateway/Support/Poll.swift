import Testing

/// Waits until something is so; fails when it takes longer than anything reasonable.
func poll(
    within limit: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation,
    until condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < end, "it did not come to that in \(limit)", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(10))
    }
}
