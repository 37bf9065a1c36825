/// A store that answers some exchanges without waiting for anything, so that no task has to be suspended for them.
package protocol ImmediateStore: RecordStore {
    /// The reply to an exchange as `exchange` would give it, or `nil` if it takes waiting; nothing has happened then.
    func replyAtOnce(to exchange: Exchange) -> ExchangeReply?
}
