#include "serve/infer_json.h"

#include <simdjson.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "serve/json_fault.h"

namespace headroom::serve {
namespace {
namespace dom = simdjson::dom;
using dom::element_type;
using Done = expected<void, InferError>;
constexpr std::size_t kMostInputs = 10'000;
constexpr std::size_t kMostOutputs = 100;
constexpr std::size_t kMostDimensions = 16;

auto fail(std::string message) { return unexpected(InferError{400, std::move(message)}); }
std::string shown(std::string_view name) { return "'" + std::string(name.substr(0, 80)) + "'"; }

Done read_text(dom::element value, const std::string& what, std::string_view& out) {
  if (value.get_string().get(out) != simdjson::SUCCESS) return fail(what + " is no text");
  return {};
}
Done read_count(dom::element value, const std::string& what, std::uint64_t& out) {
  if (value.get_uint64().get(out) != simdjson::SUCCESS) return fail(what + " is no whole number from 0 on");
  return {};
}
Done read_flag(dom::element value, const std::string& what, bool& out) {
  if (value.get_bool().get(out) != simdjson::SUCCESS) return fail(what + " is neither true nor false");
  return {};
}
Done read_object(dom::element value, const std::string& what, dom::object& out) {
  if (value.get_object().get(out) != simdjson::SUCCESS) return fail(what + " is no object");
  return {};
}
Done read_array(dom::element value, const std::string& what, dom::array& out) {
  if (value.get_array().get(out) != simdjson::SUCCESS) return fail(what + " is no array");
  return {};
}

Done check_parameter(std::string_view key) {
  if (key.starts_with("triton_")) return fail("the parameter " + shown(key) + " is reserved");
  if (key.starts_with("shared_memory_")) return fail("shared memory is not served");
  return {};
}

struct Range {
  double least, most;
};
/// Of the integer types narrower than 64 bits.
Range range_of(TensorType type) noexcept {
  switch (type) {
    case TensorType::u8: return {0, 255};
    case TensorType::u16: return {0, 65535};
    case TensorType::u32: return {0, 4294967295.0};
    case TensorType::i8: return {-128, 127};
    case TensorType::i16: return {-32768, 32767};
    case TensorType::i32: return {-2147483648.0, 2147483647.0};
    default: return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  }
}

bool is_float(TensorType type) noexcept { return type == TensorType::f32 || type == TensorType::f64; }

/// One element of `data` onto the tensor.
Done add_element(dom::element value, Tensor& tensor) {
  const auto refuse = [&](const std::string& why) { return fail("input " + shown(tensor.name) + ": element " + std::to_string(tensor.numbers.size() + tensor.texts.size()) + " of its data " + why); };
  const auto kind = value.type();
  if (tensor.type == TensorType::bytes) {
    std::string_view text;
    if (kind == element_type::NULL_VALUE) {
      tensor.texts.emplace_back();
      return {};
    }
    if (value.get_string().get(text) != simdjson::SUCCESS) return refuse("is no text, which BYTES are");
    tensor.texts.push_back(text.data() == nullptr ? std::string_view("") : text);
    return {};
  }
  if (tensor.type == TensorType::boolean) {
    bool flag = false;
    if (value.get_bool().get(flag) != simdjson::SUCCESS) return refuse("is neither true nor false, which BOOL is");
    tensor.numbers.push_back(flag ? 1 : 0);
    return {};
  }
  if (is_float(tensor.type) && kind == element_type::NULL_VALUE) {   // JSON has no NaN
    tensor.numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    return {};
  }
  double number = 0;
  if (value.get_double().get(number) != simdjson::SUCCESS) return refuse("is no number, which " + std::string(name_of(tensor.type)) + " is");
  if (!is_float(tensor.type)) {
    const auto [least, most] = range_of(tensor.type);
    const bool is_unsigned = tensor.type == TensorType::u64;
    if (kind == element_type::DOUBLE || number < least || number > most || (is_unsigned && number < 0)) return refuse("is no " + std::string(name_of(tensor.type)));
    if (tensor.type == TensorType::i64 && kind == element_type::UINT64) return refuse("is no INT64");   // beyond 2^63 − 1
  } else if (tensor.type == TensorType::f32) {
    number = static_cast<double>(static_cast<float>(number));
    if (!std::isfinite(number)) return refuse("is beyond FP32");
  }
  tensor.numbers.push_back(number);
  return {};
}

/// `data`, flat or nested.
Done add_elements(dom::array array, Tensor& tensor, std::size_t depth) {
  if (depth > kMostDimensions) return fail("input " + shown(tensor.name) + ": its data is nested deeper than " + std::to_string(kMostDimensions));
  for (const dom::element value : array) {
    dom::array inner;
    if (value.get_array().get(inner) == simdjson::SUCCESS) {
      if (auto done = add_elements(inner, tensor, depth + 1); !done) return done;
    } else if (auto done = add_element(value, tensor); !done) {
      return done;
    }
  }
  return {};
}

Done read_shape(dom::element value, Tensor& tensor) {
  dom::array array;
  HEADROOM_TRY_VOID(read_array(value, "the shape of input " + shown(tensor.name), array));
  for (const dom::element size : array) {
    std::uint64_t count = 0;
    HEADROOM_TRY_VOID(read_count(size, "a size in the shape of input " + shown(tensor.name), count));
    if (tensor.shape.size() == kMostDimensions) return fail("input " + shown(tensor.name) + " has more than " + std::to_string(kMostDimensions) + " dimensions");
    tensor.shape.push_back(count);
  }
  return {};
}

/// What an input says of itself, found before its data is read: the order of its keys is free.
struct Said {
  std::optional<dom::element> data;
  std::optional<std::uint64_t> binary_size;
};

Done read_input_parameters(dom::element value, Tensor& tensor, Said& said) {
  dom::object object;
  HEADROOM_TRY_VOID(read_object(value, "the parameters of input " + shown(tensor.name), object));
  for (const auto [key, parameter] : object) {
    HEADROOM_TRY_VOID(check_parameter(key));
    if (key != "binary_data_size") continue;
    std::uint64_t size = 0;
    HEADROOM_TRY_VOID(read_count(parameter, "binary_data_size of input " + shown(tensor.name), size));
    said.binary_size = size;
  }
  return {};
}

Done read_input(dom::element value, InferRequest& request, std::string_view& blobs) {
  dom::object object;
  HEADROOM_TRY_VOID(read_object(value, "an input", object));
  Tensor& tensor = request.add_input();
  dom::element name;
  if (object["name"].get(name) != simdjson::SUCCESS) return fail("an input has no name");
  HEADROOM_TRY_VOID(read_text(name, "the name of an input", tensor.name));
  Said said;
  bool has_type = false, has_shape = false;
  for (const auto [key, field] : object) {
    if (key == "datatype") {
      std::string_view word;
      HEADROOM_TRY_VOID(read_text(field, "the datatype of input " + shown(tensor.name), word));
      const auto type = tensor_type(word);
      if (!type) return fail("input " + shown(tensor.name) + ": the datatype " + shown(word) + " is not known");
      tensor.type = *type;
      has_type = true;
    } else if (key == "shape") {
      if (std::exchange(has_shape, true)) return fail("input " + shown(tensor.name) + " has two shapes");
      HEADROOM_TRY_VOID(read_shape(field, tensor));
    } else if (key == "parameters") {
      HEADROOM_TRY_VOID(read_input_parameters(field, tensor, said));
    } else if (key == "data") {
      said.data = field;
    }
  }
  if (!has_type || !has_shape) return fail("input " + shown(tensor.name) + " has no " + (has_type ? "shape" : "datatype"));
  if (said.binary_size) {
    if (said.data) return fail("input " + shown(tensor.name) + " has data and binary_data_size");
    if (*said.binary_size > blobs.size()) return fail("input " + shown(tensor.name) + ": binary_data_size is " + std::to_string(*said.binary_size) + ", but " + std::to_string(blobs.size()) + " bytes are left");
    tensor.raw = blobs.substr(0, static_cast<std::size_t>(*said.binary_size));
    blobs.remove_prefix(static_cast<std::size_t>(*said.binary_size));
    return {};
  }
  if (!said.data) return fail("input " + shown(tensor.name) + " has no data");
  if (tensor.type == TensorType::f16) return fail("input " + shown(tensor.name) + ": FP16 cannot be sent as JSON; send it as raw bytes");
  tensor.given = tensor.type == TensorType::bytes ? Tensor::Given::texts : Tensor::Given::numbers;
  dom::array data;
  HEADROOM_TRY_VOID(read_array(*said.data, "the data of input " + shown(tensor.name), data));
  return add_elements(data, tensor, 1);
}

Done read_output(dom::element value, InferRequest& request) {
  dom::object object;
  HEADROOM_TRY_VOID(read_object(value, "an output", object));
  AskedOutput output;
  dom::element name;
  if (object["name"].get(name) != simdjson::SUCCESS) return fail("an output has no name");
  HEADROOM_TRY_VOID(read_text(name, "the name of an output", output.name));
  dom::element found;
  if (object["parameters"].get(found) == simdjson::SUCCESS) {
    dom::object parameters;
    HEADROOM_TRY_VOID(read_object(found, "the parameters of output " + shown(output.name), parameters));
    for (const auto [key, parameter] : parameters) {
      HEADROOM_TRY_VOID(check_parameter(key));
      if (key == "binary_data") {
        bool flag = false;
        HEADROOM_TRY_VOID(read_flag(parameter, "binary_data of output " + shown(output.name), flag));
        output.binary = flag;
      } else if (key == "classification") {
        std::uint64_t count = 0;
        HEADROOM_TRY_VOID(read_count(parameter, "classification of output " + shown(output.name), count));
        output.classification = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max()));
      }
    }
  }
  request.outputs.push_back(output);
  return {};
}

Done read_parameters(dom::element value, InferRequest& request) {
  dom::object object;
  HEADROOM_TRY_VOID(read_object(value, "parameters", object));
  for (const auto [key, parameter] : object) {
    HEADROOM_TRY_VOID(check_parameter(key));
    if (key == "binary_data_output") {
      HEADROOM_TRY_VOID(read_flag(parameter, "binary_data_output", request.binary_by_default));
    } else if (key == "priority") {
      HEADROOM_TRY_VOID(read_count(parameter, "priority", request.priority));
    } else if (key == "timeout") {
      HEADROOM_TRY_VOID(read_count(parameter, "timeout (microseconds)", request.timeout_us));
    } else if (key.starts_with("sequence_")) {
      std::uint64_t id = 1;
      std::string_view text = "1";
      bool flag = true;
      const bool is_none = (parameter.get_uint64().get(id) == simdjson::SUCCESS && id == 0) || (parameter.get_string().get(text) == simdjson::SUCCESS && text.empty()) ||
                           (parameter.get_bool().get(flag) == simdjson::SUCCESS && !flag);
      if (!is_none) return fail("sequences are not served: the model answers each request by itself");
    }
  }
  return {};
}
}  // namespace

struct InferDecoder::Impl {
  Done body(dom::element document, std::string_view blobs) {
    dom::object object;
    HEADROOM_TRY_VOID(read_object(document, "the body", object));
    dom::element found;
    dom::array inputs;
    if (object["inputs"].get(found) != simdjson::SUCCESS) return fail("the request has no inputs");
    HEADROOM_TRY_VOID(read_array(found, "inputs", inputs));
    if (inputs.size() == 0 || inputs.size() > kMostInputs) return fail("there are " + std::to_string(inputs.size()) + " inputs");
    for (const dom::element input : inputs) HEADROOM_TRY_VOID(read_input(input, request, blobs));
    if (!blobs.empty()) return fail(std::to_string(blobs.size()) + " bytes are left behind the last raw input");
    if (object["id"].get(found) == simdjson::SUCCESS) HEADROOM_TRY_VOID(read_text(found, "id", request.id));
    if (object["parameters"].get(found) == simdjson::SUCCESS) HEADROOM_TRY_VOID(read_parameters(found, request));
    if (object["outputs"].get(found) != simdjson::SUCCESS) return {};
    dom::array outputs;
    HEADROOM_TRY_VOID(read_array(found, "outputs", outputs));
    if (outputs.size() > kMostOutputs) return fail("more than " + std::to_string(kMostOutputs) + " outputs");
    for (const dom::element output : outputs) HEADROOM_TRY_VOID(read_output(output, request));
    return {};
  }

  dom::parser parser;
  InferRequest request;
};

InferDecoder::InferDecoder() : impl_(std::make_unique<Impl>()) {}
InferDecoder::~InferDecoder() = default;
InferDecoder::InferDecoder(InferDecoder&&) noexcept = default;
InferDecoder& InferDecoder::operator=(InferDecoder&&) noexcept = default;

expected<const InferRequest*, InferError> InferDecoder::decode(std::string_view body, std::size_t json_size) {
  impl_->request.clear();
  dom::element document;
  const auto json = body.substr(0, json_size);
  if (const auto code = impl_->parser.parse(json.data(), json.size(), false).get(document)) return fail(json_fault(code));
  HEADROOM_TRY_VOID(impl_->body(document, body.substr(json.size())));
  return &impl_->request;
}
}  // namespace headroom::serve
