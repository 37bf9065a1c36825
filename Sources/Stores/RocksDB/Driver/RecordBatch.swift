import Idempotency

/// The records that a batch of exchanges is about, as they change from one exchange to the next.
///
/// Every record is looked up once. Later exchanges of the batch see what earlier ones have done, and what is written in
/// the end is the last state of each.
struct RecordBatch {
    /// What happened to one key.
    struct Change {
        let id: RecordID
        /// What stands in the indexes for the record that lies in the database, if there is one.
        let old: IndexEntry?
        let new: Record?
    }

    private struct Slot {
        let id: RecordID
        /// What stands for the record that lies in the database, or why that cannot be told.
        let found: Result<IndexEntry?, StoreError>
        /// What will lie there.
        var register: Register
        var isChanged = false
    }

    /// The highest fence stamped so far.
    private(set) var lastFence: Fence
    /// Whether anything has to be written.
    private(set) var hasChanges = false
    private var slots: [Slot]
    private let places: [RecordID: Int]
    private let viewpoint: Viewpoint

    /// A batch over what was found.
    ///
    /// - Parameters:
    ///   - places: Where each id stands in `found`.
    ///   - found: The ids, each once, and what lies under them.
    ///   - lastFence: The highest fence stamped so far.
    ///   - viewpoint: The clocks, read after the look-up: a lease is granted in full.
    init(
        _ places: [RecordID: Int], found: [(id: RecordID, stored: Result<StoredRecord?, StoreError>)],
        lastFence: Fence, from viewpoint: Viewpoint
    ) {
        self.lastFence = lastFence
        self.viewpoint = viewpoint
        self.places = places
        slots = found.map { id, stored in
            switch stored {
            case .success(let stored?):
                let record = viewpoint.record(stored)
                return Slot(id: id, found: .success(IndexEntry(record)), register: Register(record))
            case .success(nil): return Slot(id: id, found: .success(nil), register: Register())
            case .failure(let error): return Slot(id: id, found: .failure(error), register: Register())
            }
        }
    }

    /// Does what `Register` says, on the record as the exchanges before have left it.
    ///
    /// - Parameter isRefused: Whether it is a claim that there is too little space for; it is told so instead of being
    ///   applied.
    mutating func apply(_ exchange: Exchange, isRefused: Bool) -> Result<ExchangeReply, StoreError> {
        guard let place = places[exchange.id] else {
            preconditionFailure("every id of the batch was looked up")
        }
        if case .failure(let error) = slots[place].found { return .failure(error) }
        let now = viewpoint.now
        if isRefused, exchange.expecting.holds(for: slots[place].register.record, at: now) {
            return .failure(Self.lowSpace)
        }
        let reply = slots[place].register.exchange(
            expecting: exchange.expecting, next: exchange.next, now: now, lastFence: &lastFence)
        if case .stored = reply {
            slots[place].isChanged = true
            hasChanges = true
        }
        return .success(reply)
    }

    /// Hands each change that has to be written to `body`.
    func forEachChange(_ body: (Change) -> Void) {
        for slot in slots where slot.isChanged {
            body(Change(id: slot.id, old: (try? slot.found.get()) ?? nil, new: slot.register.record))
        }
    }

    /// Whether an exchange of this batch has changed the record of this key.
    func isChanged(_ id: RecordID) -> Bool { places[id].map { slots[$0].isChanged } ?? false }

    private static let lowSpace = StoreError(
        .full,
        "The disk that holds the RocksDB store has hardly any space left, so no new keys are taken; what runs can "
            + "still be completed. Free some space, then retry with the same key.", effect: .notApplied)
}
