/// The tables and key figures of one group, of one run or of several.
struct GroupResults: Codable {
    /// A table as it is shown, and the run that measured it.
    struct Entry: Codable {
        let title: String
        let text: String
        let run: RunDescription
    }

    /// A figure for the summary.
    struct KeyFigure: Codable {
        let what: String
        let figure: String
        let run: RunDescription
        /// The title of the table that it is of; results of older versions do not say it.
        let table: String?
    }

    private(set) var tables: [Entry] = []
    private(set) var keyFigures: [KeyFigure] = []

    /// Adds a table and what is cited of it in the place of an older one of that title and all that was cited of it.
    mutating func put(_ table: Table, of run: RunDescription) {
        let entry = Entry(title: table.title, text: table.text, run: run)
        if let index = tables.firstIndex(where: { $0.title == entry.title }) {
            tables[index] = entry
        } else {
            tables.append(entry)
        }
        let cited = table.cited.map { KeyFigure(what: $0.what, figure: $0.figure, run: run, table: table.title) }
        func isOld(_ figure: KeyFigure) -> Bool {
            figure.table == table.title || cited.contains { $0.what == figure.what }
        }
        let place = keyFigures.firstIndex(where: isOld) ?? keyFigures.endIndex
        keyFigures.removeAll(where: isOld)
        keyFigures.insert(contentsOf: cited, at: place)
    }

    /// All tables, below the run that measured them.
    var markdown: String {
        var text = ""
        var run: RunDescription?
        for table in tables {
            if table.run != run { text += (run == nil ? "" : "\n") + table.run.heading + "\n" }
            run = table.run
            text += "\n" + table.text
        }
        return text
    }
}
