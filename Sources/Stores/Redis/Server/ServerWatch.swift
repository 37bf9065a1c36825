import Idempotency

/// What one instance knows of the server's data, from beat to beat: whether it is still the data that it was.
struct ServerWatch: Hashable, Sendable {
    /// What became of the server's data since the last beat.
    enum Verdict: String, Hashable, Sendable {
        /// All that was there at the last beat is there.
        case same
        /// The store was made by this beat.
        case new
        /// The server had no store any more: it came back without its data.
        case empty
        /// The server has another store under this name: it came back empty, and somebody else was here first.
        case other
        /// The server has forgotten what it had acknowledged: it came back with older data.
        case behind
        /// There is no store, and none was to be made.
        case missing
        /// A newer version of this program made the store.
        case format

        /// Whether acknowledged writes are lost.
        var isLoss: Bool { self == .empty || self == .other || self == .behind }
    }

    /// What the server answered to a beat.
    struct Reading: Hashable, Sendable {
        let verdict: Verdict
        /// For how long no new key is to be taken.
        let quarantine: Duration
    }

    private let field: String
    private let freshToken: String
    private let quarantine: Duration
    private let makesStore: Bool
    private var token: String?
    private var count: Int64?

    /// - Parameters:
    ///   - instance: What tells this instance from all others.
    ///   - quarantine: For how long no new key is taken after a loss; zero for not at all.
    ///   - makesStore: Whether a store is made where there is none.
    init(instance: Owner, quarantine: Duration, makesStore: Bool) {
        field = "i:\(instance)"
        freshToken = Owner(high: ~instance.low, low: instance.high).description
        self.quarantine = quarantine
        self.makesStore = makesStore
    }

    /// The arguments of the next beat, behind the key of the marker.
    var arguments: [String] {
        [
            field, count.map { "\($0)" } ?? "", token ?? "", freshToken, "\(quarantine.wholeMicroseconds)",
            makesStore ? "" : "must",
        ]
    }

    /// Without a marker, as where the node that has it is not known.
    static let none = ServerWatch(instance: Owner(high: 0, low: 0), quarantine: .zero, makesStore: false)

    /// What takes the count of this instance away, when it is closed.
    func farewell(marker: String) -> [String] { ["HDEL", marker, field] }

    /// Takes the answer to a beat; `nil` if it is none.
    mutating func receive(_ reply: RESPValue) -> Reading? {
        guard let parts = reply.members, parts.count >= 2, let now = parts[0].number,
            let verdict = parts[1].text.flatMap(Verdict.init)
        else { return nil }
        guard verdict != .missing, verdict != .format else { return Reading(verdict: verdict, quarantine: .zero) }
        guard parts.count == 5, let token = parts[2].text, let count = parts[3].number, let end = parts[4].number else {
            return nil
        }
        self.token = token
        self.count = count
        return Reading(verdict: verdict, quarantine: end > now ? .microseconds(end - now) : .zero)
    }
}
