#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a file or a directory lies, and what is there.
package enum FilePlace {
    /// What a path leads to.
    package enum Kind: Hashable, Sendable {
        case nothing, file, directory, other
    }

    /// What a path leads to, symbolic links followed.
    package static func kind(of path: String) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .nothing }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        default: .other
        }
    }

    /// The directory in which a path lies.
    package static func directory(of path: String) -> String {
        let path = Substring(path).trimmingSlashes
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Whether this process may read and write what lies at a path.
    package static func canReadAndWrite(_ path: String) -> Bool { access(path, R_OK | W_OK) == 0 }

    /// Whether this process may write what lies at a path, or make files in it.
    package static func canWrite(_ path: String) -> Bool { access(path, W_OK) == 0 }

    /// The path without symbolic links, under which every process finds the same files.
    package static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

extension Substring {
    /// Without the slashes at its end.
    fileprivate var trimmingSlashes: Substring {
        var rest = self
        while rest.count > 1, rest.last == "/" { rest.removeLast() }
        return rest
    }
}
