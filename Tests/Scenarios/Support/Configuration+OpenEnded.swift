import GRDB

extension Configuration {
    /// For a connection whose transaction stays open until the test ends it.
    static var openEnded: Configuration {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return configuration
    }
}
