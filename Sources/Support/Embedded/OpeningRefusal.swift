package import Idempotency

/// Why a store cannot be opened, as whoever opens it sees it: with its place, and with what can be done.
package struct OpeningRefusal: Sendable {
    /// Where the store lies.
    let place: String

    /// Refusals of the store that lies there.
    package init(place: String) {
        self.place = place
    }

    /// A refusal in these words: a sentence without its full stop.
    package func callAsFunction(_ code: StoreError.Code, _ message: String, _ cause: any Error) -> StoreError {
        StoreError(code, message + ".", effect: .notApplied, cause: cause)
    }

    /// The disk has no space left.
    package func full(_ cause: any Error) -> StoreError {
        self(.full, "The disk that holds \(place) is full; free some space", cause)
    }

    /// What has no better explanation than the error itself, or than `description`.
    package func other(_ cause: any Error, _ description: String? = nil) -> StoreError {
        self(.unavailable, "\(place) cannot be opened (\(description ?? "\(cause)"))", cause)
    }
}
