public import Idempotency
import Synchronization

/// Encrypts what records hold in front of any store, with AES-256-GCM.
///
/// Outcomes, recovery points, fingerprints and labels are encrypted; what the store decides by lies open: the record
/// id, state, owner, fence, counts and times. A record that cannot be decrypted is an error that names it, never a free
/// key and never another one's answer. What the store underneath can do besides exchanges (listing, sweeping, waking,
/// counting, calling back), the encrypted one can as well. Transactions that write the records themselves, as those of
/// `SQLiteIdempotency` and `PostgresIdempotency` do, pass it by: do not use them with an encrypted store.
public final class EncryptedStore<Base: RecordStore>: RecordStore {
    /// The store behind.
    public let base: Base
    private let chain: Mutex<Keychain>

    /// `base`, encrypted.
    public init(_ base: Base, keys: EncryptionKeys) {
        self.base = base
        chain = Mutex(Keychain(keys))
    }

    /// The keys in use.
    public var keys: EncryptionKeys { chain.withLock { $0 }.keys }

    /// From now on uses these keys.
    ///
    /// - Throws: `EncryptionKeyError` if they are the keys of another store; the old ones stay in use then.
    public func use(_ keys: EncryptionKeys) throws(EncryptionKeyError) {
        guard keys.belongsTogether(with: self.keys) else { throw .ofAnotherStore }
        let chain = Keychain(keys)
        self.chain.withLock { $0 = chain }
    }

    var sealer: Sealer { Sealer(chain: chain.withLock { $0 }) }

    /// Replaces the record of a key if it is the expected one; otherwise tells what is there.
    ///
    /// - Throws: `StoreError` with code `corrupt` for a record that cannot be decrypted, `misuse` for a shredded scope.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let sealer = sealer
        let question = try sealer.question(exchange)
        var answered = Sealer.Answered(try await base.exchange(question.exchange), to: question)
        while true {
            switch try sealer.read(answered, of: exchange) {
            case .reply(let reply): return reply
            case .abandon(let doubt): answered.second(try await base.exchange(doubt))
            }
        }
    }
}

extension EncryptedStore: SubmittingStore where Base: SubmittingStore {
    /// Calls back when the store does.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        let sealer = sealer
        do throws(StoreError) {
            let question = try sealer.question(exchange)
            base.submit(question.exchange) { [self] result in
                answer(result.map { Sealer.Answered($0, to: question) }, of: exchange, sealer, completion)
            }
        } catch {
            completion(.failure(error))
        }
    }

    private func answer(
        _ result: Result<Sealer.Answered, StoreError>, of exchange: Exchange, _ sealer: Sealer,
        _ completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        do throws(StoreError) {
            let answered = try result.get()
            switch try sealer.read(answered, of: exchange) {
            case .reply(let reply): completion(.success(reply))
            case .abandon(let doubt):
                base.submit(doubt) { [self] result in
                    let next = result.map { reply in
                        var answered = answered
                        answered.second(reply)
                        return answered
                    }
                    answer(next, of: exchange, sealer, completion)
                }
            }
        } catch {
            completion(.failure(error))
        }
    }
}

extension EncryptedStore: ImmediateStore where Base: ImmediateStore {
    /// Answers when the store does so without waiting, and all can be read.
    package func replyAtOnce(to exchange: Exchange) -> ExchangeReply? {
        let sealer = sealer
        // Whatever is refused here has changed nothing, and is told by `exchange`, which is asked next.
        guard let question = try? sealer.question(exchange), let reply = base.replyAtOnce(to: question.exchange),
            case .reply(let read)? = try? sealer.read(Sealer.Answered(reply, to: question), of: exchange)
        else { return nil }
        return read
    }
}
