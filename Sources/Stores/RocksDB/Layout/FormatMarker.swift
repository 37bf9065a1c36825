/// What stands in the file that tells a store of ours from any other directory, and its format from later ones.
///
/// It is written as *making* before RocksDB makes its files, and with the number of the format when all is there. So a
/// directory that lost its files is never taken for a new one, in which every key would be vacant.
enum FormatMarker: Hashable {
    /// The store was being made when this was written; nobody was answered from it yet.
    case making
    /// A store in the format of this number.
    case made(format: Int)

    /// The name of the file in the directory of the store.
    static let fileName = "once.format"
    /// The format that this code writes, and the only one that it reads.
    static let currentFormat = 1

    private static let title = "swift-idempotency rocksdb store"

    /// The text of the file.
    var text: String {
        switch self {
        case .making: "\(Self.title): being made\n"
        case .made(let format): "\(Self.title): format \(format)\n"
        }
    }

    /// Reads the text of the file; `nil` when it is not ours.
    init?(_ text: String) {
        guard text != Self.making.text else {
            self = .making
            return
        }
        let prefix = "\(Self.title): format "
        guard text.hasPrefix(prefix), text.hasSuffix("\n"), let format = Int(text.dropFirst(prefix.count).dropLast()),
            format > 0
        else { return nil }
        self = .made(format: format)
    }
}
