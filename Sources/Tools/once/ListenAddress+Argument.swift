public import ArgumentParser
public import OnceTools

extension ListenAddress: ExpressibleByArgument {
    /// Reads `HOST:PORT`.
    public init?(argument: String) {
        self.init(argument)
    }

    /// `HOST:PORT`.
    public var defaultValueDescription: String { description }
}
