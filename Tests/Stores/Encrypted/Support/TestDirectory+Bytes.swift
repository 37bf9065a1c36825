import Foundation
import StoreTestParts

extension TestDirectory {
    /// All bytes of a file in it; none if there is no such file.
    func bytes(of name: String) -> [UInt8] {
        (try? Data(contentsOf: URL(fileURLWithPath: file(name)))).map { Array($0) } ?? []
    }
}
