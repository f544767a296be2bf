#include "scale/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "io/clock.h"
#include "io/file.h"
#include "io/signal.h"
#include "io/terminal.h"
#include "io/thread.h"
#include "io/wait.h"
#include "manifest/manifest.h"
#include "scale/screen.h"

namespace headroom::scale {
namespace {
constexpr Duration kTableEvery = std::chrono::milliseconds(500);
constexpr Duration kLineEvery = std::chrono::seconds(5);

expected<void, Failure> read_into(const std::string& path, manifest::Manifest& all) {
  if (path.empty()) return {};
  const auto file = io::read_file(path, Bytes{manifest::Limits{}.max_bytes});
  if (!file) return unexpected(io::to_failure(file.error()));
  const std::string_view text(reinterpret_cast<const char*>(file->bytes().data()), file->size());
  auto read = manifest::read(text, path, {});
  if (!read) {
    const auto& error = read.error();
    return unexpected(Failure{ExitCode::wrong_use, (error.field.empty() ? "" : error.field + ": ") + error.message,
                              path + ", line " + std::to_string(error.line),
                              "correct that line; kubectl explain and the Kubernetes API reference describe each field"});
  }
  for (auto& each : read->deployments) all.deployments.push_back(std::move(each));
  for (auto& each : read->autoscalers) all.autoscalers.push_back(std::move(each));
  return {};
}

Failure several(const std::string& what, const std::string& path) {
  return {ExitCode::wrong_use, "there are several " + what, path, "name one file that holds one"};
}

/// The screen is used by the session's thread (decisions) and by ours (the table).
struct Shown {
  Screen screen{io::is_terminal(1)};
  void line(const std::string& text) { screen.line(text); }
};

void run_until_end(Session& session, const ScaleOptions& options, io::SignalQueue& signals, io::Guarded<Shown>& shown, bool& interrupted) {
  const Instant end = options.run_time.count() > 0 ? io::now() + options.run_time : Instant::max();
  const bool live = io::is_terminal(1);
  Instant next_line = io::now() + kLineEvery;
  for (Instant now = io::now(); now < end; now = io::now()) {
    io::Watch watch{signals.fd()};
    io::wait_readable({&watch, 1}, std::min(kTableEvery, end - now));
    if (const auto signal = signals.next()) {
      interrupted = *signal == io::Signal::interrupt;
      return;
    }
    if (live) {
      const auto rows = table(session.status(), options.session);
      shown.with([&](Shown& s) { s.screen.show(rows); });
    } else if (now >= next_line) {
      next_line = now + kLineEvery;
      const auto text = summary(session.status(), options.session);
      shown.with([&](Shown& s) { s.line(text); });
    }
  }
}

/// A second signal while replicas drain ends at once; the kernel takes the children with us.
void stop(Session& session, io::SignalQueue& signals) {
  io::Wake done;
  io::Thread stopper("stop", [&] {
    session.stop();
    done.signal();
  });
  for (;;) {
    io::Watch watches[] = {{signals.fd()}, {done.descriptor()}};
    io::wait_readable(watches, std::chrono::seconds(1));
    if (watches[1].readable) return;
    if (signals.next()) std::_Exit(static_cast<int>(ExitCode::interrupted));
  }
}

int fail(const Failure& failure) {
  std::fprintf(stderr, "headroom: %s\n", failure.what.c_str());
  if (!failure.where.empty()) std::fprintf(stderr, "  at:  %s\n", failure.where.c_str());
  if (!failure.remedy.empty()) std::fprintf(stderr, "  fix: %s\n", failure.remedy.c_str());
  return static_cast<int>(failure.code);
}

run::Meta meta_of(const ScaleOptions& options) {
  return {{"command", "scale"}, {"model", options.session.model}, {"time_scale", fmt::format("{}", options.session.time_scale)},
          {"seed.balance", std::to_string(options.session.seed)}};
}
}  // namespace

expected<void, Failure> read_manifests(ScaleOptions& options) {
  manifest::Manifest all;
  HEADROOM_TRY_VOID(read_into(options.hpa_file, all));
  if (options.deployment_file != options.hpa_file) HEADROOM_TRY_VOID(read_into(options.deployment_file, all));
  if (all.autoscalers.size() > 1) return unexpected(several("HorizontalPodAutoscalers", options.hpa_file));
  if (!options.hpa_file.empty() && all.autoscalers.empty()) {
    return unexpected(Failure{ExitCode::wrong_use, "no HorizontalPodAutoscaler in it", options.hpa_file, "name the file that holds it with --hpa"});
  }
  if (!options.deployment_file.empty() && all.deployments.empty()) {
    return unexpected(Failure{ExitCode::wrong_use, "no Deployment in it", options.deployment_file, "name the file that holds it with --deployment"});
  }
  if (!all.autoscalers.empty()) options.session.hpa = std::move(all.autoscalers.front().spec);
  const auto wanted = [&](const manifest::Deployment& each) { return !options.session.hpa || each.name == options.session.hpa->target_name; };
  const auto found = std::find_if(all.deployments.begin(), all.deployments.end(), wanted);
  if (found == all.deployments.end() && !all.deployments.empty()) {
    return unexpected(Failure{ExitCode::wrong_use, "the HPA scales Deployment " + options.session.hpa->target_name + ", and none has that name",
                              options.deployment_file, "make spec.scaleTargetRef.name and metadata.name equal"});
  }
  if (found != all.deployments.end()) options.session.deployment = std::move(*found);
  return {};
}

int run_scale(ScaleOptions options) {
  io::SignalQueue signals({io::Signal::interrupt, io::Signal::terminate});
  if (auto read = read_manifests(options); !read) return fail(read.error());
  std::unique_ptr<run::Writer> writer;
  if (!options.record.empty()) {
    auto created = run::Writer::create(options.record, meta_of(options));
    if (!created) return fail({ExitCode::refused, created.error().message, options.record, "name another file with --record"});
    writer = std::move(*created);
  }
  io::Guarded<Shown> shown;
  options.session.say = [&shown](const std::string& line) { shown.with([&](Shown& s) { s.line(line); }); };
  auto session = Session::start(options.session, writer.get());
  if (!session) return fail(session.error());
  const std::string limits = (*session)->status().enforcement;
  if (writer) writer->set_meta("limits", limits);
  shown.with([&](Shown& s) {
    s.line(fmt::format("serving {} on http://{}:{}  (CPU limits: {}, controller time {}x)", options.session.model, options.session.host,
                       (*session)->port(), limits, options.session.time_scale));
  });
  bool interrupted = false;
  run_until_end(**session, options, signals, shown, interrupted);
  stop(**session, signals);
  session->reset();
  if (writer) {
    if (auto closed = writer->close(); !closed) return fail({ExitCode::refused, closed.error().message, options.record, ""});
  }
  return static_cast<int>(interrupted ? ExitCode::interrupted : ExitCode::done);
}
}  // namespace headroom::scale
