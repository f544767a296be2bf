// What people get to read when they ask for what cannot be: the real program, its exit code, at most five lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace headroom::cli {
namespace {
namespace fs = std::filesystem;

struct Answer {
  int code;
  std::string err;
};

/// A folder with files that are wrong, each in its own way; gone at the end of the test.
class Folder {
 public:
  Folder() : path_(fs::path(testing::TempDir()) / ("headroom_wrong_use_" + std::to_string(::getpid()))) {
    fs::create_directory(path_);
    put("empty.joblib", "");
    put("text.joblib", "hello, I am no model\n");
    put("hpa.yml", "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x}\nspec: {maxReplica: 3}\n");
    put("key.yml", "serve: {model: examples/iris/model.joblib}\nload: {scenaro: x}\n");
    put("unit.yml", "serve: {model: examples/iris/model.joblib}\nload: {scenario: examples/iris/iris.yml, steps: [{users: 5}], duration: 5}\n");
    put("header.csv", "sepal_length,sepal_width,petal_length,petal_width\n");
    put("twice.csv", "sepal_length,sepal_length,sepal_width,petal_length,petal_width\n1,1,2,3,4\n");
    put("escape.yml", "\"\\e[31mfoo\": 1\n");
    put("nan.csv", "sepal_length,sepal_width,petal_length,petal_width\n1,2,3,inf\n");
  }
  ~Folder() { fs::remove_all(path_); }
  /// Runs headroom with `words`, where @ stands for the folder.
  [[nodiscard]] Answer headroom(std::string words) const {
    for (auto at = words.find('@'); at != std::string::npos; at = words.find('@')) words.replace(at, 1, path_.string() + "/");
    const auto errors = path_ / "stderr";
    const int status = std::system(("timeout 20 " HEADROOM_BINARY " " + words + " >/dev/null 2>" + errors.string()).c_str());
    std::ifstream file(errors);
    return {WEXITSTATUS(status), {std::istreambuf_iterator<char>(file), {}}};
  }

 private:
  void put(const char* name, const char* text) const { std::ofstream(path_ / name) << text; }
  fs::path path_;
};

struct Wrong {
  const char* words;
  int code;
  const char* says;
};
class WrongUseOfTheProgram : public testing::TestWithParam<Wrong> {};

TEST_P(WrongUseOfTheProgram, SaysWhatWhereAndWhatToDo) {
  const auto answer = Folder().headroom(GetParam().words);
  EXPECT_EQ(answer.code, GetParam().code) << answer.err;
  EXPECT_THAT(answer.err, testing::StartsWith("headroom: "));
  EXPECT_THAT(answer.err, testing::HasSubstr(GetParam().says));
  EXPECT_THAT(answer.err, testing::HasSubstr("\n  fix: "));
  EXPECT_LE(std::count(answer.err.begin(), answer.err.end(), '\n'), 5);
}
INSTANTIATE_TEST_SUITE_P(Table, WrongUseOfTheProgram, testing::Values(
    Wrong{"serve @missing.joblib", 3, "no such file"},
    Wrong{"serve @", 3, "is a directory"},
    Wrong{"serve @empty.joblib", 2, "the file is empty"},
    Wrong{"serve @text.joblib", 2, "this is no model file"},
    Wrong{"serve http://localhost/model.joblib", 2, "not a URL"},
    Wrong{"serve examples/iris/model.joblib --port 70000", 2, "--port"},
    Wrong{"serve examples/iris/model.joblib --port 0 --otlp collector:4318", 2, "'collector:4318"},
    Wrong{"serve examples/iris/model.joblib --port 0 --cors-origin 'a b'", 2, "neither * nor an origin"},
    Wrong{"serve examples/iris/model.joblib --features a,b,c,d --port 0", 2, "leave the flag out"},
    Wrong{"serve examples/iris/model.joblib --record @no/run.db --port 0", 3, "no/run.db"},
    Wrong{"predict examples/iris/model.joblib @missing.npy", 3, "no such file"},
    Wrong{"predict examples/iris/model.joblib @nan.csv", 2, "petal_width"},
    Wrong{"predict examples/iris/model.joblib @twice.csv", 2, "the column sepal_length stands there twice"},
    Wrong{"load -f @escape.yml", 2, "\\x1b[31mfoo"},
    Wrong{"load http://localhost:1/predict -f examples/iris/iris.yml", 2, "give http://localhost:1, or leave -f out"},
    Wrong{"predict examples/iris/model.joblib @header.csv", 2, "there are no rows"},
    Wrong{"predict examples/iris/model.joblib examples/iris/rows.npy --method decision_function", 2, "predict_proba"},
    Wrong{"predict examples/iris/model.joblib examples/iris/rows.npy -o @no/out.npy", 3, "its folder does not exist"},
    Wrong{"scale examples/iris/model.joblib --hpa @hpa.yml", 2, "line 4"},
    Wrong{"scale examples/iris/model.joblib --hpa examples/iris/deployment.yml", 2, "no HorizontalPodAutoscaler"},
    Wrong{"scale examples/iris/model.joblib --deployment examples/iris/hpa.yml", 2, "no Deployment"},
    Wrong{"experiment @missing.yml", 3, "no such file"},
    Wrong{"experiment @key.yml", 2, "key.yml:2:8"},
    Wrong{"experiment @unit.yml", 2, "unit.yml:2:73"},
    Wrong{"load http://localhost:1/ --slo 'p95<200'", 2, "a duration such as"},
    Wrong{"load", 2, "nothing says what to load"},
    Wrong{"analyze @missing.db", 3, "missing.db"},
    Wrong{"analyze @", 3, "directory"},
    Wrong{"analyze /dev/zero", 3, "not a regular file"},
    Wrong{"serve examples/iris/model.joblib --port 0 --record @", 3, "directory"},
    Wrong{"inspect examples/iris/model.joblib -- --json", 2, "takes no '--json'"},
    Wrong{"analyze @text.joblib --html @text.joblib", 2, "replace the recording itself"},
    Wrong{"analyze @text.joblib --html @one --md @one", 2, "--html and --md name one file"},
    Wrong{"predict examples/iris/model.joblib @header.csv -o @header.csv", 2, "the answers would replace"},
    Wrong{"load http://127.0.0.1:9/ --slo ''", 2, "--slo"},
    Wrong{"load http://localhost:1/ -u 1 -t 1s --record @a.db -o @a.db", 2, "name one file"},
    Wrong{"serve examples/iris/model.joblib --port 0 --max-body 0", 2, "would refuse every request"},
    Wrong{"scale examples/iris/model.joblib --port 0 --serve-flag=--port=9000", 2, "a replica takes no --port"},
    Wrong{"load http://localhost:1/ --json=perhaps", 2, "--json does not take 'perhaps'"},
    Wrong{"analyze examples/iris/model.joblib", 2, "not a Headroom run file"},
    Wrong{"inspect @missing.joblib", 3, "no such file"}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });
}  // namespace
}  // namespace headroom::cli
