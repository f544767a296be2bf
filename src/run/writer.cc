#include "run/writer.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "run/columns.h"
#include "run/sqlite.h"
#include "run/table_sql.h"

namespace headroom::run {
namespace {
using namespace std::chrono_literals;
constexpr auto kCommitEvery = 500ms;      // so that kill -9 loses less than a second
constexpr auto kPollEvery = 50ms;         // the adding threads wake nobody, so that add() costs no system call
constexpr std::size_t kWakeAt = 4096;     // but for a burst

using AnyRow = std::variant<MetaRow, NameRow, Step, Sample, ClientSecond, ErrorCount, GeneratorSecond, ServerSecond, ServerRequest,
                            ReplicaSample, ReplicaEvent, HpaPass, SlowRequest>;
template <class Row>
constexpr bool kBulk = std::is_same_v<Row, Sample> || std::is_same_v<Row, ServerRequest>;

std::size_t histogram_bytes(const ClientSecond& row) { return row.latency.memory_bytes() + row.service.memory_bytes(); }
std::size_t histogram_bytes(const ServerSecond& row) { return row.total.memory_bytes(); }
template <class Row>
std::size_t histogram_bytes(const Row&) { return 0; }

/// "[5.1,3.5]"; what JSON has no number for becomes null.
std::string inputs_json(const telemetry::RequestRecord& record) {
  std::string out = "[";
  for (std::size_t i = 0; i < record.n_inputs && i < telemetry::kInputsKept; ++i) {
    if (i) out += ',';
    std::array<char, 32> text;
    if (std::isfinite(record.inputs[i])) {
      out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), record.inputs[i]).ptr);
    } else {
      out += "null";
    }
  }
  return out + "]";
}

/// Binds a row's fields in the order of its table; keeps the bytes it makes itself until the row is written.
class Binder {
 public:
  explicit Binder(Statement& statement) : statement_(statement) {}
  template <class Number>
  void operator()(const char*, const Number& value) requires std::is_arithmetic_v<Number> {
    if constexpr (std::is_floating_point_v<Number>) statement_.bind(++at_, value);
    else statement_.bind(++at_, static_cast<std::int64_t>(value));
  }
  void operator()(const char*, const std::string& text) { statement_.bind_text(++at_, text); }
  void operator()(const char*, telemetry::HttpMethod method) { statement_.bind_text(++at_, telemetry::name(method)); }
  void operator()(const char*, telemetry::Route route) { statement_.bind_text(++at_, telemetry::name(route)); }
  void operator()(const char*, const telemetry::TraceId& id) { bind_id(id.bytes); }
  void operator()(const char*, const telemetry::SpanId& id) { bind_id(id.bytes); }
  void operator()(const char*, const stats::Histogram& histogram) { statement_.bind_blob(++at_, keep(histogram.encode())); }
  template <class Value>
  void later(const char* column, const Value& value) {
    (*this)(column, value);
  }
  void stages(const char*, const std::array<std::int64_t, telemetry::kStages>& stages) {
    for (const auto duration : stages) statement_.bind(++at_, duration);
  }
  void inputs(const char*, const telemetry::RequestRecord& record) { statement_.bind_text(++at_, keep(inputs_json(record))); }

 private:
  template <std::size_t n>
  void bind_id(const std::array<std::uint8_t, n>& bytes) {
    statement_.bind_blob(++at_, {reinterpret_cast<const char*>(bytes.data()), n});
  }
  std::string_view keep(std::string text) { return kept_.at(n_kept_++) = std::move(text); }

  Statement& statement_;
  int at_ = 0;
  std::array<std::string, 3> kept_;
  std::size_t n_kept_ = 0;
};

/// The database and one insert statement a table; used by the writing thread alone.
class Tables {
 public:
  static expected<Tables, RunError> create(const std::string& path) {
    HEADROOM_TRY(database, Database::create(path));
    Tables tables(std::move(database));
    HEADROOM_TRY_VOID(tables.database_.execute("BEGIN"));
    HEADROOM_TRY_VOID(tables.set_up(static_cast<AnyRow*>(nullptr)));
    HEADROOM_TRY_VOID(tables.database_.execute("PRAGMA application_id=" + std::to_string(kApplicationId) +
                                               "; PRAGMA user_version=" + std::to_string(kSchemaVersion) + "; COMMIT"));
    return tables;
  }
  expected<void, RunError> insert(const AnyRow& any) {
    return std::visit([this]<class Row>(const Row& row) { return insert_row(row); }, any);
  }
  expected<void, RunError> execute(const char* sql) { return database_.execute(sql); }
  /// One plain file, no WAL beside it. A reader that is at work keeps the WAL; the next writer or reader cleans up.
  void settle() {
    (void)database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    std::apply([](auto&... statement) { (statement.reset(), ...); }, inserts_);
    (void)database_.execute("PRAGMA journal_mode=DELETE");
  }

 private:
  explicit Tables(Database database) : database_(std::move(database)) {}
  template <class... Row>
  expected<void, RunError> set_up(const std::variant<Row...>*) {
    expected<void, RunError> result;
    (void)((result = set_up_table<Row>()).has_value() && ...);
    return result;
  }
  template <class Row>
  expected<void, RunError> set_up_table() {
    const Sql<Row> sql;
    HEADROOM_TRY_VOID(database_.execute(sql.create()));
    HEADROOM_TRY(statement, database_.prepare(sql.insert()));
    std::get<Insert<Row>>(inserts_).statement.emplace(std::move(statement));
    return {};
  }
  template <class Row>
  expected<void, RunError> insert_row(const Row& row) {
    Statement& statement = *std::get<Insert<Row>>(inserts_).statement;
    Binder binder(statement);
    Table<Row>::visit(binder, row);
    auto done = statement.step();
    statement.reset();
    if (!done) return unexpected(std::move(done).error());
    return {};
  }

  template <class Row>
  struct Insert {
    std::optional<Statement> statement;
    void reset() { statement.reset(); }
  };
  template <class... Row>
  static std::tuple<Insert<Row>...> inserts_of(const std::variant<Row...>*);

  Database database_;
  decltype(inserts_of(static_cast<AnyRow*>(nullptr))) inserts_;
};
}  // namespace

struct Writer::Impl {
  Impl(Tables ready, WriteClaim claimed, const WriterLimits& limit)
      : claim(std::move(claimed)), tables(std::move(ready)), limits(limit), room(limit) {}

  template <class Row>
  void add(Row row) {
    const std::size_t bytes = histogram_bytes(row);
    const std::lock_guard lock(mutex);
    auto& rows_left = kBulk<Row> ? room.bulk_rows : room.other_rows;
    if (closing || rows_left == 0 || bytes > room.histogram_bytes) {
      ++dropped;
      return;
    }
    --rows_left;
    room.histogram_bytes -= bytes;
    queue.emplace_back(std::move(row));
    if (queue.size() == kWakeAt) wake.notify_one();
  }

  void work();
  bool take_batch(std::vector<AnyRow>& batch);
  void write(std::vector<AnyRow>& batch);
  void commit();
  void fail(const RunError& error);
  void note_drops();

  std::mutex mutex;  // guards what follows, up to the blank line
  std::condition_variable wake;
  std::vector<AnyRow> queue;
  std::map<std::string, int> names;
  bool closing = false;
  std::uint64_t dropped = 0;
  std::uint64_t lost_before = 0;   // of them those that never came here

  // The writing thread's own, and close()'s after it has ended.
  WriteClaim claim;  // outlives the database: closing a descriptor of the file would drop SQLite's own locks
  Tables tables;
  const WriterLimits limits;
  WriterLimits room;  // guarded by mutex: what may still be queued
  bool in_transaction = false;
  std::uint64_t uncommitted = 0;
  std::uint64_t lost = 0;
  std::uint64_t noted_drops = 0;
  std::optional<RunError> first_error;
  std::thread thread;
};

bool Writer::Impl::take_batch(std::vector<AnyRow>& batch) {
  std::unique_lock lock(mutex);
  wake.wait_for(lock, kPollEvery, [this] { return closing || queue.size() >= kWakeAt; });
  batch.clear();
  batch.swap(queue);
  room = limits;
  return closing;
}

void Writer::Impl::fail(const RunError& error) {
  if (!first_error) first_error = error;
  lost += uncommitted;
  uncommitted = 0;
  if (in_transaction) (void)tables.execute("ROLLBACK");
  in_transaction = false;
}

void Writer::Impl::write(std::vector<AnyRow>& batch) {
  for (const auto& row : batch) {
    if (!in_transaction) {
      const auto begun = tables.execute("BEGIN");
      in_transaction = begun.has_value();
      if (!begun) fail(begun.error());
    }
    ++uncommitted;
    const auto done = tables.insert(row);
    if (!done) fail(done.error());
  }
}

void Writer::Impl::note_drops() {
  std::uint64_t now_dropped = 0;
  {
    const std::lock_guard lock(mutex);
    now_dropped = dropped;
  }
  if (now_dropped == noted_drops) return;
  noted_drops = now_dropped;
  std::vector<AnyRow> note{MetaRow{"rows_dropped", std::to_string(now_dropped)}};
  write(note);
}

void Writer::Impl::commit() {
  note_drops();
  if (!in_transaction) return;
  const auto done = tables.execute("COMMIT");
  if (!done) return fail(done.error());
  in_transaction = false;
  uncommitted = 0;
}

void Writer::Impl::work() {
  std::vector<AnyRow> batch;
  auto committed = std::chrono::steady_clock::now();
  for (bool last = false; !last;) {
    last = take_batch(batch);
    write(batch);
    const auto now = std::chrono::steady_clock::now();
    if (!last && now - committed < kCommitEvery) continue;
    commit();
    committed = now;
  }
}

expected<std::unique_ptr<Writer>, RunError> Writer::create(const std::string& path, const Meta& meta, const WriterLimits& limits) {
  HEADROOM_TRY(old_size, file_size(path));
  if (old_size.value_or(0) > 0) {
    const auto old_claim = WriteClaim::take(path);
    if (!old_claim) return unexpected(old_claim.error());
    auto old = Database::open(path, 1U << 20U);
    const auto id = old ? old->number("PRAGMA application_id") : unexpected(old.error());
    if (!id || *id != kApplicationId) {
      return unexpected(RunError{"exists and is not a Headroom run file, so it is not replaced"});
    }
  }
  remove_database(path);
  HEADROOM_TRY(tables, Tables::create(path));
  HEADROOM_TRY(claim, WriteClaim::take(path));
  auto impl = std::make_unique<Impl>(std::move(tables), std::move(claim), limits);
  std::unique_ptr<Writer> writer(new Writer(std::move(impl)));
  for (const auto& [key, value] : meta) writer->set_meta(key, value);
  writer->set_meta("schema_version", std::to_string(kSchemaVersion));
  writer->set_meta("complete", "no");
  writer->impl_->thread = std::thread([impl = writer->impl_.get()] { impl->work(); });
  return writer;
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::~Writer() { (void)close(); }

int Writer::name(const std::string& text) {
  int id = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    const auto [entry, is_new] = impl_->names.try_emplace(text, static_cast<int>(impl_->names.size()));
    id = entry->second;
    if (!is_new) return id;
  }
  impl_->add(NameRow{id, text});
  return id;
}

void Writer::add(const Step& step) { impl_->add(step); }
void Writer::add(Sample row) { impl_->add(std::move(row)); }
void Writer::add(ClientSecond row) { impl_->add(std::move(row)); }
void Writer::add(ErrorCount row) { impl_->add(std::move(row)); }
void Writer::add(GeneratorSecond row) { impl_->add(std::move(row)); }
void Writer::add(ServerSecond row) { impl_->add(std::move(row)); }
void Writer::add(ServerRequest row) { impl_->add(std::move(row)); }
void Writer::add(ReplicaSample row) { impl_->add(std::move(row)); }
void Writer::add(ReplicaEvent row) { impl_->add(std::move(row)); }
void Writer::add(HpaPass row) { impl_->add(std::move(row)); }
void Writer::add(SlowRequest row) { impl_->add(std::move(row)); }
void Writer::set_meta(const std::string& key, const std::string& value) { impl_->add(MetaRow{key, value}); }

void Writer::note_dropped(std::uint64_t rows) {
  const std::lock_guard lock(impl_->mutex);
  impl_->dropped += rows;
}

void Writer::note_lost(std::uint64_t requests) {
  const std::lock_guard lock(impl_->mutex);
  impl_->dropped += requests;
  impl_->lost_before += requests;
}

expected<void, RunError> Writer::close() {
  if (impl_->thread.joinable()) {
    {
      const std::lock_guard lock(impl_->mutex);
      impl_->closing = true;
    }
    impl_->wake.notify_one();
    impl_->thread.join();
    std::vector<AnyRow> end{MetaRow{"complete", impl_->lost == 0 && impl_->lost_before == 0 ? "yes" : "no"}};
    impl_->write(end);
    impl_->commit();
    impl_->tables.settle();
  }
  if (!impl_->first_error) return {};
  return unexpected(RunError{impl_->first_error->message + "; " + std::to_string(impl_->lost) + " rows were not written"});
}
}  // namespace headroom::run
