#pragma once
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "run/columns.h"

namespace headroom::run {
/// Makes the SQL of a table. Every column is NOT NULL but numbers that may be "not a number".
template <class Row>
class Sql {
 public:
  /// present: the columns that a file has, "" = all. A stage that is younger than the file reads as 0 there, a later histogram as empty, a later number as NaN; of all other columns the
  /// schema is the first one's.
  explicit Sql(std::set<std::string> present = {}) : present_(std::move(present)) {
    Row row{};
    Table<Row>::visit(*this, row);
  }
  [[nodiscard]] std::string create() const {
    const std::string key = Table<Row>::kKey;
    return std::string("CREATE TABLE ") + Table<Row>::kName + " (" + definitions_ +
           (key.empty() ? "" : ", PRIMARY KEY (\"" + key + "\")") + ")";
  }
  [[nodiscard]] std::string insert() const {
    return std::string("INSERT OR REPLACE INTO ") + Table<Row>::kName + " (" + names_ + ") VALUES (" + marks_ + ")";
  }
  [[nodiscard]] std::string select() const {
    return "SELECT " + read_ + " FROM " + Table<Row>::kName + " ORDER BY rowid";
  }

  template <class Field>
  void operator()(const std::string& column, const Field&) {
    if constexpr (std::is_same_v<Field, double>) add(column, "REAL");
    else if constexpr (std::is_arithmetic_v<Field>) add(column, "INTEGER NOT NULL");
    else if constexpr (std::is_same_v<Field, std::string> || std::is_same_v<Field, telemetry::Route> || std::is_same_v<Field, telemetry::HttpMethod>) add(column, "TEXT NOT NULL");
    else add(column, "BLOB NOT NULL");
  }
  template <class Array>
  void stages(const std::string& prefix, const Array&) {
    for (const auto name : telemetry::kStageNames) {
      const auto column = prefix + std::string(name) + "_ns";
      add(column, "INTEGER NOT NULL", present_.empty() || present_.contains(column));
    }
  }
  void later(const std::string& column, const stats::Histogram&) {
    add(column, "BLOB NOT NULL DEFAULT x''", present_.empty() || present_.contains(column), "x''");
  }
  void later(const std::string& column, double) { add(column, "REAL", present_.empty() || present_.contains(column), "NULL"); }
  void inputs(const std::string& column, const telemetry::RequestRecord&) { add(column, "TEXT NOT NULL"); }

 private:
  void add(const std::string& column, const char* type, bool is_there = true, const char* absent = "0") {
    const char* comma = names_.empty() ? "" : ", ";
    names_ += comma + ('"' + column + '"');
    read_ += comma + (is_there ? '"' + column + '"' : absent);
    definitions_ += comma + ('"' + column + '"') + ' ' + type;
    marks_ += *comma ? ", ?" : "?";
  }
  const std::set<std::string> present_;
  std::string names_, read_, definitions_, marks_;
};
}  // namespace headroom::run
