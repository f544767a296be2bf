#pragma once
#include <string>
#include <type_traits>

#include "run/columns.h"

namespace headroom::run {
/// Makes the SQL of a table. Every column is NOT NULL but numbers that may be "not a number".
template <class Row>
class Sql {
 public:
  Sql() {
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
    return "SELECT " + names_ + " FROM " + Table<Row>::kName + " ORDER BY rowid";
  }

  template <class Field>
  void operator()(const std::string& column, const Field&) {
    if constexpr (std::is_same_v<Field, double>) add(column, "REAL");
    else if constexpr (std::is_arithmetic_v<Field>) add(column, "INTEGER NOT NULL");
    else if constexpr (std::is_same_v<Field, std::string> || std::is_same_v<Field, telemetry::Route>) add(column, "TEXT NOT NULL");
    else add(column, "BLOB NOT NULL");
  }
  template <class Array>
  void stages(const std::string& prefix, const Array&) {
    for (const auto name : telemetry::kStageNames) add(prefix + std::string(name) + "_ns", "INTEGER NOT NULL");
  }
  void inputs(const std::string& column, const telemetry::RequestRecord&) { add(column, "TEXT NOT NULL"); }

 private:
  void add(const std::string& column, const char* type) {
    const char* comma = names_.empty() ? "" : ", ";
    names_ += comma + ('"' + column + '"');
    definitions_ += comma + ('"' + column + '"') + ' ' + type;
    marks_ += *comma ? ", ?" : "?";
  }
  std::string names_, definitions_, marks_;
};
}  // namespace headroom::run
