/// A point in time can be slept until and measured from.
extension Timestamp: InstantProtocol {
    /// The point in time that lies `duration` later.
    public func advanced(by duration: Duration) -> Timestamp { self + duration }

    /// How long it is from here to `other`; negative when that lies before.
    public func duration(to other: Timestamp) -> Duration { other - self }
}
