/// What one caller asks of one key.
package struct Request: Hashable, Sendable {
    /// Which key.
    package var id: RecordID
    /// What is asked.
    package var fingerprint: Fingerprint
    /// The same request under older versions of the fingerprint algorithm.
    package var alternatives: [Fingerprint]
    /// What an operator will recognise the record by.
    package var label: Label

    /// A request under a key.
    package init(id: RecordID, fingerprint: Fingerprint, alternatives: [Fingerprint] = [], label: Label = Label()) {
        self.id = id
        self.fingerprint = fingerprint
        self.alternatives = alternatives
        self.label = label
    }

    /// Whether `other` is the fingerprint of this very request.
    package func matches(_ other: Fingerprint) -> Bool {
        fingerprint == other || alternatives.contains(other)
    }
}
