import HTTPTypes
import IdempotencyHTTP

extension Headers {
    /// The header lines of a Hummingbird message.
    init(_ fields: HTTPFields) {
        self.init(fields.map { HeaderField($0.name.rawName, $0.value) })
    }
}

extension HTTPFields {
    /// The header lines of a stored or refused answer; a line whose name is no token is left out.
    init(_ headers: Headers) {
        self.init()
        reserveCapacity(headers.count)
        for field in headers {
            guard let name = HTTPField.Name(field.name) else { continue }
            append(HTTPField(name: name, value: field.value))
        }
    }

    /// Removes the headers by which the parts of this project speak with one another.
    mutating func removeInternalHeaders() {
        for name in FieldName.internalNames {
            guard let name = HTTPField.Name(name), contains(name) else { continue }
            self[fields: name] = []
        }
    }
}
