// Any bytes as a V2 request, with any share of them as its JSON: refused with a sentence, or rows of the model's width and an answer.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "serve/infer_answer.h"
#include "serve/infer_json.h"
#include "serve/infer_rows.h"
#include "testing/toy_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  static const auto served = *serve::offer(testing::toy_classifier(), "toy");
  static const auto schema = serve::schema_of(served);
  static serve::InferDecoder decoder;
  static serve::InferRows tensors;
  static std::vector<serve::PlannedOutput> planned;
  if (size < 2) return 0;
  const std::size_t blobs = (std::size_t{data[0]} << 8U | data[1]) % (size - 1);
  std::string body(reinterpret_cast<const char*>(data + 2), size - 2);
  body.resize(body.size() + 64, '\0');
  const auto request = decoder.decode(std::string_view(body).substr(0, size - 2), size - 2 - std::min(blobs, size - 2));
  if (!request) {
    CHECK(!request.error().message.empty() && request.error().status == 400);
    return 0;
  }
  const auto rows = tensors.of(**request, served, 100);
  if (!rows) {
    CHECK(!rows.error().message.empty() && (rows.error().status == 400 || rows.error().status == 413));
    return 0;
  }
  CHECK(rows->width() == 4 && rows->count() >= 1 && rows->count() <= 100);
  if (!served.model->validate(*rows) || !serve::plan_outputs(**request, schema, planned)) return 0;
  std::vector<model::Output> outputs(planned.size());
  std::vector<const model::Output*> answers;
  model::Scratch scratch;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    served.model->predict(planned[i].output->method, *rows, outputs[i], scratch);
    answers.push_back(&outputs[i]);
  }
  http::ByteBuffer out;
  CHECK(serve::append_infer_reply(out, {"toy", "1", (*request)->id}, planned, schema, answers) <= out.size());
  return 0;
}
