import Experiments

extension HTMLReport {
  /// Nothing is fetched: the policy allows only what is in the file.
  private static let policy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:;"
    + " form-action 'none'; base-uri 'none'"

  var head: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>\(htmlEscaped(report.name)) – Ravine</title>
    <style>
    \(String(decoding: PackageResources.report_css, as: UTF8.self))</style>
    </head>

    """
  }

  var body: String {
    """
    <body>
    <a class="skip" href="#main">Skip to the results</a>
    <header>
    <div><h1>\(htmlEscaped(report.name))</h1><p class="soft">\(htmlEscaped(opening))</p></div>
    <div class="theme"><label>theme <select id="theme"><option value="">as the system</option>\
    <option>light</option><option>dark</option></select></label></div>
    </header>
    <main id="main">
    <nav aria-label="Sections"><ul>\(links)</ul></nav>
    \(answers)\(rankingSection)\(figureSections)\(provenanceSection)</main>
    \(footer)
    <noscript><p>The table and the figures need JavaScript.</p></noscript>

    """
  }

  private var opening: String {
    let counts = OutcomeCounts(report.ranking.table.runs)
    let parts =
      [source.summary, "\(report.count(counts.total, "run")): \(counts.description)"]
      + report.conditions.map { "only \($0)" } + ["ranked by \(report.criterionDescription)"]
    return parts.filter { !$0.isEmpty }.joined(separator: " · ")
  }

  private var links: String {
    let sections =
      [("answers", "Answers"), ("ranking", "Ranking")] + data.figures.map { ("section-\($0.id)", $0.title) }
    return (sections + [("provenance", "Provenance")])
      .map { "<li><a href=\"#\($0.0)\">\(htmlEscaped($0.1))</a></li>" }.joined()
  }

  private var answers: String {
    var lines: [String] = []
    if let answer = report.keepProbability { lines.append(report.sentence(answer.overall)) }
    lines.append("Test set: " + report.testResult.description)
    let ranking = report.ranking
    if let text = report.winnersCurse?.description(ranking.criterion.metric, split: ranking.splitText) {
      lines.append(text)
    }
    let warnings =
      report.warnings.isEmpty && report.unread.isEmpty
      ? ""
      : "<h3>Warnings</h3><ul class=\"warnings\">"
        + (report.unread.messages + report.warnings.map(\.message)).map { "<li>\(htmlEscaped($0))</li>" }.joined()
        + "</ul>"
    return "<section id=\"answers\"><h2>Answers</h2><div class=\"panel answer\">"
      + lines.map { "<p>\(htmlEscaped($0))</p>" }.joined() + warnings + "</div></section>\n"
  }

  private var rankingSection: String {
    """
    <section id="ranking"><h2>Ranking</h2>
    <details open><summary>Filter</summary><div class="controls" id="filters"></div></details>
    <div class="scroll" tabindex="0" role="region" aria-label="Ranking"><table>
    <caption>Configurations over their seeds, mean ± standard error. A button in a heading sorts.</caption>
    <thead><tr id="ranking-head"></tr></thead><tbody id="ranking-body"></tbody></table></div>
    <div class="controls pager"><button type="button" id="first">First</button>\
    <button type="button" id="previous">Previous</button><button type="button" id="next">Next</button>\
    <button type="button" id="last">Last</button><span id="ranking-status" role="status"></span>\
    <button type="button" id="clear">Untick all</button></div></section>

    """
  }

  private var figureSections: String {
    data.figures.map { figure in
      """
      <section id="section-\(figure.id)"><h2 id="title-\(figure.id)">\(htmlEscaped(figure.title))</h2>
      <figure id="figure-\(figure.id)"><figcaption>\(htmlEscaped(figure.caption))</figcaption><div class="controls"></div>
      <div class="plot" role="img" aria-label="\(htmlEscaped(figure.title))"></div>
      <details><summary>The numbers</summary><div class="scroll"><table><thead><tr></tr></thead><tbody></tbody></table>\
      </div></details></figure></section>

      """
    }.joined()
  }

  private var provenanceSection: String {
    let provenance = source.provenance
    let libraries = provenance.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let fixed = report.roles.constant.map { "\($0.name) \($0.values[0].text(as: $0.name))" }
    let defaults = report.roles.defaults(report.ranking.table).map { ($0.optimizer, $0.values) }
    let entries: [(String, String)] =
      [
        ("started", source.created), ("trained", Concurrency(report.ranking.table.runs).description ?? ""),
        ("command", source.arguments.joined(separator: " ")),
        ("fixed", fixed.joined(separator: ", ")),
      ] + defaults + [
        ("experiment hash", source.experimentHash), ("data hash", provenance.dataHash),
        ("ravine", provenance.version + (provenance.commit.map { ", commit \($0)" } ?? "")),
        ("processor", provenance.cpu), ("kernels", provenance.kernels),
        ("libraries", libraries.joined(separator: ", ")), ("compiler", provenance.compilerFlags),
        ("system", provenance.operatingSystem),
      ]
    let list = entries.filter { !$0.1.isEmpty }
      .map { "<dt>\(htmlEscaped($0.0))</dt><dd>\(htmlEscaped($0.1))</dd>" }.joined()
    let experiment =
      source.experimentText.isEmpty
      ? "" : "<details><summary>The experiment file</summary><pre>\(htmlEscaped(source.experimentText))</pre></details>"
    return "<section id=\"provenance\"><h2>Provenance</h2><dl>\(list)</dl>\(experiment)</section>\n"
  }

  private var footer: String {
    """
    <footer><details><summary>Figures by \(htmlEscaped(library.version)), MIT licence</summary>\
    <pre>\(htmlEscaped(library.licence))</pre></details></footer>
    """
  }
}
