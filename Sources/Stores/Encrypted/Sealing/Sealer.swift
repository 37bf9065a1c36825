import Idempotency

/// Turns what callers write into what the store keeps, and back: pure functions over the keys.
struct Sealer {
    /// A record as it was read.
    enum Opened {
        /// What was written.
        case readable(Record)
        /// Its scope was shredded; what is left, with nothing of what it held.
        case erased(Record)
    }

    /// The algorithm that the fingerprint of an encrypted record names: nobody who asks has one like it, so that a
    /// program without the keys takes every request for another one, and runs nothing.
    static let algorithm: UInt8 = 0xE1

    let chain: Keychain

    // MARK: - Writing

    /// What the store is asked for an exchange.
    ///
    /// - Throws: `StoreError` if it cannot be encrypted. A claim in a shredded scope is asked all the same, as one that
    ///   cannot be applied: keys that are there are still answered.
    func question(_ exchange: Exchange) throws(StoreError) -> Question {
        do throws(StoreError) {
            return Question(exchange: try seal(exchange))
        } catch {
            guard exchange.expecting == .vacant else { throw error }
            let nobody = Owner(high: .max, low: .max)
            return Question(
                exchange: Exchange(exchange.id, expecting: .inDoubt(nobody), next: nil), whenVacant: error)
        }
    }

    /// What the store is asked.
    struct Question {
        let exchange: Exchange
        /// Why nothing can be written if nothing is there.
        var whenVacant: StoreError?
    }

    /// The exchange as the store is to see it.
    private func seal(_ exchange: Exchange) throws(StoreError) -> Exchange {
        guard let next = exchange.next else { return exchange }
        guard !Self.isRemnant(next) else { throw SealingError.unreadableDraft(exchange.id) }
        let content = RecordContent(of: next)
        let sealed = try seal(content, SealingContext(next, of: exchange.id))
        var draft = next
        draft.fingerprint = sealed.fingerprint
        draft.checkpoint = sealed.checkpoint
        draft.label = sealed.label
        if case .completed(_, let retention) = next.state, let outcome = sealed.outcome {
            draft.state = .completed(outcome, retention: retention)
        }
        return Exchange(exchange.id, expecting: exchange.expecting, next: draft)
    }

    /// What a readable record is to hold under the active key.
    func seal(_ record: Record, of id: RecordID) throws(StoreError) -> RecordContent {
        try seal(RecordContent(of: record), SealingContext(record, of: id))
    }

    private func seal(_ content: RecordContent, _ context: SealingContext) throws(StoreError) -> RecordContent {
        let key = chain.active
        let names = chain.keys.names
        let scope = ScopeName(content.label.scope, names: names)
        guard let recordKey = chain.key(of: context.id, in: scope, under: key) else {
            throw SealingError.shreddedScope(context.id, key: key.id)
        }
        var sealed = content
        sealed.fingerprint = keyed(content.fingerprint, of: context.id, under: key)
        sealed.label = Label(key: Pseudonym.key(content.label.key, names), scope: scope.text)
        func seal(_ bytes: [UInt8], _ part: SealingContext.Part) throws(StoreError) -> [UInt8] {
            let data = context.data(part, key: key.id, fingerprint: sealed.fingerprint, label: sealed.label)
            return try SealedBox.seal(bytes, with: recordKey, named: key.id, authenticating: data)
        }
        let inner = SealedContent(
            fingerprint: content.fingerprint, label: content.label, checkpoint: content.checkpoint)
        sealed.checkpoint = try seal(inner.encoded, .content)
        if let outcome = content.outcome {
            // A program without the keys takes it for an answer that was not kept, never for the answer.
            sealed.outcome = Outcome(.tombstone, try seal([outcome.kind.rawValue] + outcome.bytes, .outcome))
        }
        return sealed
    }

    /// HMAC-SHA-256 over record and fingerprint: equal requests under two keys do not look alike.
    private func keyed(_ fingerprint: Fingerprint, of id: RecordID, under key: EncryptionKey) -> Fingerprint {
        let code = key.fingerprints.code(of: id.digest.bytes + [fingerprint.algorithm] + fingerprint.digest.bytes)
        return Fingerprint(algorithm: Self.algorithm, digest: Digest(hash: code))
    }

    // MARK: - Reading

    /// The record as it was written.
    ///
    /// - Throws: `StoreError` that names the record: its key is missing, it was altered, it is not encrypted.
    func open(_ record: Record, of id: RecordID) throws(StoreError) -> Opened {
        guard record.fingerprint.algorithm == Self.algorithm else {
            guard chain.keys.plaintext == .accept else { throw SealingError.plaintext(id) }
            return .readable(record)
        }
        guard let box = SealedBox(record.checkpoint), let scope = ScopeName(text: record.label.scope) else {
            throw SealingError.altered(id)
        }
        guard let key = chain[box.keyID] else {
            throw SealingError.missingKey(id, key: box.keyID, known: chain.keys.keys.map(\.id))
        }
        guard let recordKey = chain.key(of: id, in: scope, under: key) else { return .erased(Self.erased(record)) }
        let context = SealingContext(record, of: id)
        func open(_ box: SealedBox, _ part: SealingContext.Part) -> [UInt8]? {
            let data = context.data(part, key: key.id, fingerprint: record.fingerprint, label: record.label)
            return box.open(with: recordKey, authenticating: data)
        }
        guard let bytes = open(box, .content), let inner = SealedContent(decoding: bytes) else {
            throw SealingError.altered(id)
        }
        var content = RecordContent(of: record)
        content.fingerprint = inner.fingerprint
        content.label = inner.label
        content.checkpoint = inner.checkpoint
        if case .completed(let outcome, _, _) = record.state {
            guard let box = SealedBox(outcome.bytes), box.keyID == key.id, let bytes = open(box, .outcome),
                let kind = bytes.first.flatMap(Outcome.Kind.init(rawValue:))
            else { throw SealingError.altered(id) }
            content.outcome = Outcome(kind, Array(bytes.dropFirst()))
        }
        return .readable(record.holding(content))
    }

    /// Whether a record whose content is gone was claimed by this very request.
    func wasAsked(_ fingerprint: Fingerprint, _ record: Record, of id: RecordID) -> Bool {
        guard let box = SealedBox(record.checkpoint), let key = chain[box.keyID] else { return false }
        return keyed(fingerprint, of: id, under: key) == record.fingerprint
    }

    /// Whether a draft was made of a record that cannot be read.
    private static func isRemnant(_ draft: Draft) -> Bool {
        draft.fingerprint.algorithm == algorithm && draft.label.key.isEmpty && ScopeName(text: draft.label.scope) != nil
    }

    /// A record with nothing in it but what lies open in the store.
    ///
    /// - Parameter note: What operators are told in the place of the operation.
    static func erased(_ record: Record, note: String = "(shredded)") -> Record {
        var content = RecordContent(of: record)
        content.checkpoint = []
        content.label = Label(scope: record.label.scope, operation: note)
        if content.outcome != nil { content.outcome = .erased }
        return record.holding(content)
    }

    /// The id of the key that a stored record names, or `nil` if it is not encrypted.
    static func keyID(of record: Record) -> String? {
        record.fingerprint.algorithm == algorithm ? SealedBox(record.checkpoint)?.keyID : nil
    }
}
