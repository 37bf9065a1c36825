/// Why the demonstration cannot run.
public enum DemoError: Error, CustomStringConvertible {
    /// The payments service ended several times in a row before it listened; what it wrote to standard error says why.
    case serviceDoesNotStart
    /// The address to listen at cannot be had.
    case cannotListen(host: String, port: Int, cause: any Error)
    /// The folder for the files cannot be made.
    case folder(path: String, cause: any Error)

    /// What is wrong and what the reader can do.
    public var description: String {
        switch self {
        case .serviceDoesNotStart:
            "The payments service of the demo does not start; its messages are above."
        case .cannotListen(let host, let port, let cause):
            "Cannot listen at \(host):\(port) (\(cause)). Choose another address with --listen HOST:PORT."
        case .folder(let path, let cause):
            "Cannot make the folder \(path) (\(cause)). Choose another one with --data DIR."
        }
    }
}
