#include "run/reader.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "run/columns.h"
#include "run/sqlite.h"
#include "run/table_sql.h"

namespace headroom::run {
namespace {
constexpr std::int64_t kLargest = std::int64_t{1} << 62;  // sums and differences of two of these do not overflow

/// Reads one row's fields in the order of its table; the first that is not what the schema says is remembered by name.
class Fields {
 public:
  explicit Fields(const Statement& statement, const ReadLimits& limits) : statement_(statement), limits_(limits) {}
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

  template <class Integer>
  void operator()(const char* column, Integer& value) requires std::is_integral_v<Integer> {
    value = static_cast<Integer>(integer(column, lowest<Integer>(), highest<Integer>()));
  }
  void operator()(const char* column, double& value) {
    const auto type = statement_.type(at_);
    if (type == ColumnType::text || type == ColumnType::blob) refuse(column);
    value = type == ColumnType::null ? std::numeric_limits<double>::quiet_NaN() : statement_.real(at_);
    ++at_;
  }
  void operator()(const char* column, std::string& value) { value = text(column); }
  void operator()(const char* column, telemetry::Route& value) { read_name(column, telemetry::kRouteNames, value); }
  void operator()(const char* column, telemetry::HttpMethod& value) { read_name(column, telemetry::kMethodNames, value); }
  void operator()(const char* column, telemetry::TraceId& id) { read_id(column, id.bytes); }
  void operator()(const char* column, telemetry::SpanId& id) { read_id(column, id.bytes); }
  void operator()(const char* column, stats::Histogram& histogram) {
    auto decoded = stats::Histogram::decode(blob(column));
    if (decoded) histogram = std::move(*decoded);
    else refuse(column);
  }
  template <class Value>
  void later(const char* column, Value& value) {
    (*this)(column, value);
  }
  void stages(const char* prefix, std::array<std::int64_t, telemetry::kStages>& stages) {
    for (auto& duration : stages) duration = integer(prefix[0] ? "server_…_ns" : "a stage's …_ns", -kLargest, kLargest);
  }
  void inputs(const char* column, telemetry::RequestRecord& record) {
    if (!read_inputs(text(column), record)) refuse(column);
  }

 private:
  template <class Integer>
  static constexpr std::int64_t lowest() {
    return std::is_same_v<Integer, std::int64_t> ? -kLargest : std::is_unsigned_v<Integer> ? 0 : std::numeric_limits<Integer>::min();
  }
  template <class Integer>
  static constexpr std::int64_t highest() {
    return sizeof(Integer) == 8 ? kLargest : static_cast<std::int64_t>(std::numeric_limits<Integer>::max());
  }
  template <class Names, class Enum>
  void read_name(const char* column, const Names& names, Enum& value) {
    const auto name = text(column);
    for (std::size_t i = 0; i < names.size(); ++i) {
      value = static_cast<Enum>(i);
      if (names[i] == name) return;
    }
    refuse(column);
  }
  void refuse(const char* column) {
    if (wrong_.empty()) wrong_ = column;
  }
  std::int64_t integer(const char* column, std::int64_t low, std::int64_t high) {
    const std::int64_t value = statement_.integer(at_);
    if (statement_.type(at_++) == ColumnType::integer && low <= value && value <= high) return value;
    refuse(column);
    return 0;
  }
  std::string_view text(const char* column) {
    const bool fits = statement_.type(at_) == ColumnType::text;
    const auto value = fits ? statement_.text(at_) : std::string_view();
    if (!fits || value.size() > limits_.max_text) refuse(column);
    ++at_;
    return value;
  }
  std::string_view blob(const char* column) {
    const bool fits = statement_.type(at_) == ColumnType::blob;
    const auto value = fits ? statement_.blob(at_) : std::string_view();
    if (!fits || value.size() > limits_.max_text) refuse(column);
    ++at_;
    return value;
  }
  template <std::size_t n>
  void read_id(const char* column, std::array<std::uint8_t, n>& bytes) {
    const auto value = blob(column);
    if (value.size() == n) std::memcpy(bytes.data(), value.data(), n);
    else refuse(column);
  }
  static bool read_inputs(std::string_view json, telemetry::RequestRecord& record) {
    if (json.size() < 2 || json.front() != '[' || json.back() != ']') return false;
    const char* at = json.data() + 1;
    const char* const end = json.data() + json.size() - 1;
    record.n_inputs = 0;
    while (at != end) {
      if (record.n_inputs == telemetry::kInputsKept) return false;
      double& value = record.inputs[record.n_inputs++];
      if (std::string_view(at, end).starts_with("null")) {
        value = std::numeric_limits<double>::quiet_NaN();
        at += 4;
      } else {
        const auto parsed = std::from_chars(at, end, value);
        if (parsed.ec != std::errc() || !std::isfinite(value)) return false;
        at = parsed.ptr;
      }
      if (at != end && (*at != ',' || ++at == end)) return false;
    }
    return true;
  }

  const Statement& statement_;
  const ReadLimits& limits_;
  int at_ = 0;
  std::string wrong_;
};

class RunReader {
 public:
  RunReader(Database database, const ReadLimits& limits) : database_(std::move(database)), limits_(limits), rows_left_(limits.max_rows) {}

  expected<Run, RunError> read() {
    HEADROOM_TRY_VOID(check_identity());
    // One snapshot, though a writer may be adding rows meanwhile.
    HEADROOM_TRY_VOID(database_.execute("BEGIN"));
    Run run;
    HEADROOM_TRY_VOID(each<MetaRow>([&](MetaRow&& row) { run.meta[std::move(row.key)] = std::move(row.value); }));
    HEADROOM_TRY_VOID(read_names(run));
    HEADROOM_TRY_VOID(into(run.steps));
    HEADROOM_TRY_VOID(into(run.samples));
    HEADROOM_TRY_VOID(into(run.client_seconds));
    HEADROOM_TRY_VOID(into(run.errors));
    HEADROOM_TRY_VOID(into(run.generator_seconds));
    HEADROOM_TRY_VOID(into(run.server_seconds));
    HEADROOM_TRY_VOID(into(run.server_requests));
    HEADROOM_TRY_VOID(into(run.replica_samples));
    HEADROOM_TRY_VOID(into(run.replica_events));
    HEADROOM_TRY_VOID(into(run.hpa_passes));
    HEADROOM_TRY_VOID(into(run.slow_requests));
    HEADROOM_TRY_VOID(check_names(run));
    return run;
  }

 private:
  expected<void, RunError> check_identity() {
    HEADROOM_TRY(id, database_.number("PRAGMA application_id"));
    if (id != kApplicationId) return unexpected(RunError{"not a Headroom run file (an SQLite database of something else)"});
    HEADROOM_TRY(version, database_.number("PRAGMA user_version"));
    if (version > kSchemaVersion) {
      return unexpected(RunError{"written by a newer Headroom (schema " + std::to_string(version) + "; this one reads up to " +
                                 std::to_string(kSchemaVersion) + ")"});
    }
    if (version < 1) return unexpected(RunError{"not a Headroom run file (schema " + std::to_string(version) + ")"});
    return {};
  }

  /// A plain table: a view, a virtual table or a computed column would run a stranger's expressions.
  expected<void, RunError> check_table(const std::string& table) {
    HEADROOM_TRY(plain, database_.number("SELECT count(*) FROM sqlite_schema WHERE name='" + table +
                                         "' AND type='table' AND rootpage > 0 AND sql LIKE 'CREATE TABLE%'"));
    if (plain != 1) return unexpected(RunError{"not a Headroom run file (no table " + table + ")"});
    HEADROOM_TRY(computed, database_.number("SELECT count(*) FROM pragma_table_xinfo('" + table + "') WHERE hidden <> 0"));
    if (computed != 0) return unexpected(RunError{"the run file's table " + table + " has computed columns"});
    return {};
  }

  expected<std::set<std::string>, RunError> columns_of(const std::string& table) {
    HEADROOM_TRY(statement, database_.prepare("SELECT name FROM pragma_table_xinfo('" + table + "')"));
    std::set<std::string> names;
    for (;;) {
      HEADROOM_TRY(there, statement.step());
      if (!there) return names;
      names.emplace(statement.text(0));
    }
  }

  template <class Row, class Take>
  expected<void, RunError> each(Take take) {
    HEADROOM_TRY_VOID(check_table(Table<Row>::kName));
    HEADROOM_TRY(present, columns_of(Table<Row>::kName));
    HEADROOM_TRY(statement, database_.prepare(Sql<Row>(std::move(present)).select()));
    for (std::uint64_t n = 1;; ++n) {
      HEADROOM_TRY(there, statement.step());
      if (!there) return {};
      if (rows_left_-- == 0) return unexpected(RunError{"more than " + std::to_string(limits_.max_rows) + " rows in the run file"});
      Row row{};
      Fields fields(statement, limits_);
      Table<Row>::visit(fields, row);
      if (!fields.wrong().empty()) {
        return unexpected(RunError{std::string("table ") + Table<Row>::kName + ", row " + std::to_string(n) + ": " + fields.wrong() +
                                   " is not what the schema allows"});
      }
      take(std::move(row));
    }
  }
  template <class Row>
  expected<void, RunError> into(std::vector<Row>& rows) {
    return each<Row>([&rows](Row&& row) { rows.push_back(std::move(row)); });
  }
  expected<void, RunError> read_names(Run& run) {
    bool in_order = true;
    HEADROOM_TRY_VOID(each<NameRow>([&](NameRow&& row) {
      in_order = in_order && row.id == static_cast<int>(run.names.size());
      run.names.push_back(std::move(row.text));
    }));
    if (!in_order) return unexpected(RunError{"table names: the ids are not 0, 1, 2, …"});
    return {};
  }
  expected<void, RunError> check_names(const Run& run) {
    const auto all_known = [&](const auto& rows) {
      for (const auto& row : rows) {
        if (row.name < 0 || row.name >= static_cast<int>(run.names.size())) return false;
      }
      return true;
    };
    if (all_known(run.samples) && all_known(run.client_seconds) && all_known(run.errors)) return {};
    return unexpected(RunError{"a row has a name that is not in table names"});
  }

  Database database_;
  const ReadLimits& limits_;
  std::uint64_t rows_left_;
};

// SQLite's limit is for a whole row as well: a row has at most a few texts.
std::uint64_t longest_row(const ReadLimits& limits) { return 4 * limits.max_text + 4096; }

expected<Run, RunError> read_from(expected<Database, RunError> database, const ReadLimits& limits) {
  if (!database) return unexpected(std::move(database).error());
  return RunReader(std::move(*database), limits).read();
}
}  // namespace

expected<Run, RunError> read(const std::string& path, const ReadLimits& limits) {
  HEADROOM_TRY(size, file_size(path));
  if (!size) return unexpected(RunError{std::strerror(ENOENT), ENOENT});
  if (*size == 0) return unexpected(RunError{"not a Headroom run file (it is empty)"});
  return read_from(Database::open(path, longest_row(limits)), limits);
}

expected<Run, RunError> read_bytes(std::span<const std::byte> bytes, const ReadLimits& limits) {
  return read_from(Database::open_bytes(bytes, longest_row(limits)), limits);
}
}  // namespace headroom::run
