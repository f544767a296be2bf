#include "model/elementwise.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "model/typed.h"

namespace headroom::model {
namespace {
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();   // numpy.spacing(1.0)

double nan_to_num(double x) {
  if (std::isnan(x)) return 0;
  return std::isinf(x) ? std::copysign(std::numeric_limits<double>::max(), x) : x;
}

double sign(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }

constexpr std::pair<std::string_view, Elementary> kElementary[] = {
    {"log1p", [](double x) { return std::log1p(x); }}, {"log", [](double x) { return std::log(x); }}, {"log2", [](double x) { return std::log2(x); }},
    {"log10", [](double x) { return std::log10(x); }}, {"exp", [](double x) { return std::exp(x); }}, {"exp2", [](double x) { return std::exp2(x); }},
    {"expm1", [](double x) { return std::expm1(x); }}, {"sqrt", [](double x) { return std::sqrt(x); }}, {"cbrt", [](double x) { return std::cbrt(x); }},
    {"square", [](double x) { return x * x; }}, {"absolute", [](double x) { return std::fabs(x); }}, {"abs", [](double x) { return std::fabs(x); }},
    {"fabs", [](double x) { return std::fabs(x); }}, {"negative", [](double x) { return -x; }}, {"positive", [](double x) { return x; }},
    {"reciprocal", [](double x) { return 1.0 / x; }}, {"sign", sign}, {"floor", [](double x) { return std::floor(x); }},
    {"ceil", [](double x) { return std::ceil(x); }}, {"rint", [](double x) { return std::nearbyint(x); }}, {"trunc", [](double x) { return std::trunc(x); }},
    {"sin", [](double x) { return std::sin(x); }}, {"cos", [](double x) { return std::cos(x); }}, {"tan", [](double x) { return std::tan(x); }},
    {"arcsin", [](double x) { return std::asin(x); }}, {"arccos", [](double x) { return std::acos(x); }}, {"arctan", [](double x) { return std::atan(x); }},
    {"sinh", [](double x) { return std::sinh(x); }}, {"cosh", [](double x) { return std::cosh(x); }}, {"tanh", [](double x) { return std::tanh(x); }},
    {"arcsinh", [](double x) { return std::asinh(x); }}, {"arctanh", [](double x) { return std::atanh(x); }},
    {"arccosh", [](double x) { return std::acosh(x); }},
    {"deg2rad", [](double x) { return x * (std::numbers::pi / 180); }}, {"radians", [](double x) { return x * (std::numbers::pi / 180); }},
    {"rad2deg", [](double x) { return x * (180 / std::numbers::pi); }}, {"degrees", [](double x) { return x * (180 / std::numbers::pi); }},
    {"round", [](double x) { return std::nearbyint(x); }}, {"round_", [](double x) { return std::nearbyint(x); }}, {"around", [](double x) { return std::nearbyint(x); }}, {"fix", [](double x) { return std::trunc(x); }},
    {"nan_to_num", nan_to_num}, {"signbit", [](double x) { return std::signbit(x) ? 1.0 : 0.0; }}, {"isinf", [](double x) { return std::isinf(x) ? 1.0 : 0.0; }},
    {"conjugate", [](double x) { return x; }}, {"asarray", [](double x) { return x; }}, {"array", [](double x) { return x; }},
    {"expit", [](double x) { return 1 / (1 + std::exp(-x)); }}, {"logit", [](double x) { return std::log(x / (1 - x)); }},
    {"isnan", [](double x) { return std::isnan(x) ? 1.0 : 0.0; }}, {"isfinite", [](double x) { return std::isfinite(x) ? 1.0 : 0.0; }}};

double box_cox(double x, double lambda) noexcept {
  if (std::fabs(lambda) < 1e-19) return std::log(x);
  const double product = lambda * std::log(x);
  if (product < 709.78) return std::expm1(product) / lambda;   // beyond it exp overflows before it is divided
  return std::copysign(1.0, lambda) * std::exp(product - std::log(std::fabs(lambda))) - 1 / lambda;
}

/// rest: 2 − lambda.
double yeo_johnson(double x, double lambda, double rest) noexcept {
  if (x >= 0) return std::fabs(lambda) < kEpsilon ? std::log1p(x) : (std::pow(x + 1, lambda) - 1) / lambda;
  return std::fabs(lambda - 2) > kEpsilon ? -(std::pow(-x + 1, rest) - 1) / rest : -std::log1p(-x);
}

double yeo_johnson_expm1(double x, double lambda, double rest) noexcept {
  if (x >= 0) return std::fabs(lambda) < kEpsilon ? std::log1p(x) : std::expm1(lambda * std::log1p(x)) / lambda;
  return std::fabs(lambda - 2) > kEpsilon ? -std::expm1(rest * std::log1p(-x)) / rest : -std::log1p(-x);
}

void copy_typed(const Rows& rows, Output& out) noexcept {
  out.dtype = DType::typed;
  out.typed.resize(rows.width());
  for (std::size_t j = 0; j < rows.width(); ++j) {
    const Column& from = rows.columns()[j];
    TypedColumn& to = out.typed[j];
    to.type = from.type == ColumnType::text ? ColumnType::text : ColumnType::f64;
    to.text.assign(from.text.begin(), from.text.end());
    to.f64.clear();
    for (std::size_t i = 0; to.type == ColumnType::f64 && i < rows.count(); ++i) to.f64.push_back(number_at(from, i));
  }
}
}  // namespace

Binarizer::Binarizer(std::size_t n_features, double threshold) : RowTransform(n_features, n_features, Nan::refuse), threshold_(threshold) {}

void Binarizer::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  for (std::size_t j = 0; j < in.size(); ++j) out[j] = in[j] > threshold_ ? 1 : 0;
}

double Binarizer::output_bound(double magnitude) const noexcept { return magnitude >= 0 ? 1 : magnitude; }

Elementary elementary(std::string_view name) noexcept {
  for (const auto& [known, function] : kElementary) {
    if (known == name) return function;
  }
  return nullptr;
}

double Elementwise::operator()(double x) const noexcept {
  switch (kind) {
    case Kind::identity: return x;
    case Kind::plain: return function(x);
    case Kind::clip: {
      const double raised = std::isnan(x) || x > a ? x : a;
      return std::isnan(raised) || raised < b ? raised : b;
    }
    case Kind::round: return std::nearbyint(x * a) / a;
    case Kind::round_up: return std::nearbyint(x / a) * a;
    case Kind::replace: return std::isnan(x) ? a : std::isinf(x) ? (x > 0 ? b : c) : x;
  }
  return x;
}

Function::Function(std::size_t n_features, Elementwise function, bool is_checked) : function_(function), is_checked_(is_checked) {
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = n_features;
  info.n_outputs = n_features;
  info.methods = {Method::transform};
  if (is_identity() && !is_checked) info.feature_kinds.assign(n_features, FeatureKind::any);
}

expected<void, RowError> Function::validate(const Rows& rows) const {
  if (is_checked_) return check_rows(rows, info(), Nan::refuse, Width::f64);
  return is_identity() ? check_width(rows, info()) : check_numbers(rows, info());
}

void Function::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  out.rows = rows.count();
  out.columns = rows.width();
  if (has_text(rows)) return copy_typed(rows, out);
  const auto matrix = densify(rows, scratch.b);
  out.dtype = DType::f64;
  out.f64.assign(matrix.data(), matrix.data() + out.rows * out.columns);
  if (is_identity()) return;
  for (double& value : out.f64) value = function_(value);
}

double Function::output_bound(double magnitude) const noexcept {
  return is_identity() ? magnitude : std::numeric_limits<double>::infinity();
}

PowerTransform::PowerTransform(Power power, std::vector<double> lambdas, Width width)
    : RowTransform(lambdas.size(), lambdas.size(), Nan::allow), power_(power), lambdas_(std::move(lambdas)) {
  for (const double lambda : lambdas_) rests_.push_back(width == Width::f32 ? static_cast<double>(2.0F - static_cast<float>(lambda)) : 2 - lambda);
  edit_info().bytes = 2 * lambdas_.size() * sizeof(double);
}

expected<void, RowError> PowerTransform::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(RowTransform::validate(rows));
  if (power_ != Power::box_cox) return {};
  for (std::size_t j = 0; j < rows.width(); ++j) {
    const Cells cells(rows, j);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      if (cells.number(i) <= 0) return unexpected(RowError{i, j, "The Box-Cox transformation can only be applied to strictly positive data"});
    }
  }
  return {};
}

bool PowerTransform::takes_all_within(double magnitude) const noexcept { return power_ != Power::box_cox && magnitude >= 0; }

void PowerTransform::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  for (std::size_t j = 0; j < lambdas_.size(); ++j) {
    switch (power_) {
      case Power::box_cox: out[j] = box_cox(in[j], lambdas_[j]); break;
      case Power::yeo_johnson: out[j] = yeo_johnson(in[j], lambdas_[j], rests_[j]); break;
      case Power::yeo_johnson_expm1: out[j] = yeo_johnson_expm1(in[j], lambdas_[j], rests_[j]); break;
    }
  }
}
}  // namespace headroom::model
