#include "importers/onnx_ops.h"

#include <algorithm>
#include <iterator>

namespace headroom::importers {
namespace {
constexpr auto kAny = OnnxOp::kAny;
constexpr auto kNone = OnnxOp::kNone;
constexpr std::string_view kMl = "ai.onnx.ml";

bool reads_text(const OnnxNodeReader& node) { return node.input(0).element == model::Element::text; }
bool knows_all(const OnnxNodeReader& node) { return node.whole("zeros", 1).value_or(0) == 0; }

// {domain, name, importer, inputs from, to, outputs, shaped by, index input, index of, troubles}
constexpr OnnxOp kOps[] = {
    {"", "Add", import_binary, 2, 2}, {"", "Sub", import_binary, 2, 2}, {"", "Mul", import_binary, 2, 2}, {"", "Div", import_binary, 2, 2},
    {"", "Pow", import_binary, 2, 2}, {"", "Mod", import_binary, 2, 2},
    {"", "Sum", import_variadic, 1, kAny}, {"", "Mean", import_variadic, 1, kAny}, {"", "Min", import_variadic, 1, kAny}, {"", "Max", import_variadic, 1, kAny},
    {"", "Equal", import_compare, 2, 2}, {"", "Greater", import_compare, 2, 2}, {"", "Less", import_compare, 2, 2},
    {"", "GreaterOrEqual", import_compare, 2, 2}, {"", "LessOrEqual", import_compare, 2, 2},
    {"", "And", import_logic, 2, 2}, {"", "Or", import_logic, 2, 2}, {"", "Xor", import_logic, 2, 2},
    {"", "Neg", import_unary}, {"", "Abs", import_unary}, {"", "Sqrt", import_unary}, {"", "Exp", import_unary}, {"", "Log", import_unary}, {"", "Erf", import_unary},
    {"", "Sign", import_unary}, {"", "Floor", import_unary}, {"", "Ceil", import_unary}, {"", "Round", import_unary}, {"", "Reciprocal", import_unary},
    {"", "Sigmoid", import_unary}, {"", "Tanh", import_unary}, {"", "Relu", import_unary}, {"", "Softplus", import_unary}, {"", "Softsign", import_unary},
    {"", "Sin", import_unary}, {"", "Cos", import_unary}, {"", "LeakyRelu", import_unary}, {"", "Elu", import_unary}, {"", "HardSigmoid", import_unary},
    {"", "Not", import_unary}, {"", "IsNaN", import_unary},
    {"", "Clip", import_clip, 1, 3}, {"", "Where", import_where, 3, 3}, {"", "Cast", import_cast, 1, 1, 1, kNone, kNone, 0, reads_text},
    {"", "ReduceSum", import_reduce, 1, 2, 1, 1}, {"", "ReduceMean", import_reduce, 1, 2, 1, 1}, {"", "ReduceMax", import_reduce, 1, 2, 1, 1}, {"", "ReduceMin", import_reduce, 1, 2, 1, 1},
    {"", "ReduceProd", import_reduce, 1, 2, 1, 1}, {"", "ReduceL1", import_reduce, 1, 2, 1, 1}, {"", "ReduceL2", import_reduce, 1, 2, 1, 1},
    {"", "ReduceSumSquare", import_reduce, 1, 2, 1, 1}, {"", "ReduceLogSum", import_reduce, 1, 2, 1, 1}, {"", "ReduceLogSumExp", import_reduce, 1, 2, 1, 1},
    {"", "ArgMax", import_arg}, {"", "ArgMin", import_arg}, {"", "TopK", import_top, 1, 2, 2, 1},
    {"", "Softmax", import_softmax}, {"", "LogSoftmax", import_softmax}, {"", "LpNormalization", import_lp_normalization}, {"", "CumSum", import_running_sum, 2, 2, 1, 1},
    {"", "MatMul", import_matmul, 2, 2}, {"", "Gemm", import_gemm, 2, 3}, {"com.microsoft", "CDist", import_distance, 2, 2},
    {"", "Identity", import_identity}, {"", "Reshape", import_reshape, 1, 2, 1, 1}, {"", "Flatten", import_flatten}, {"", "Squeeze", import_squeeze, 1, 2, 1, 1},
    {"", "Unsqueeze", import_squeeze, 1, 2, 1, 1}, {"", "Transpose", import_transpose}, {"", "Shape", import_shape},
    {"", "ConstantOfShape", import_constant_of_shape, 1, 1, 1, 0}, {"", "Expand", import_expand, 2, 2, 1, 1}, {"", "Tile", import_tile, 2, 2, 1, 1},
    {"", "Concat", import_concat, 1, kAny}, {"", "Split", import_split, 1, 2, kAny, 1}, {"", "Slice", import_slice, 1, 5, 1, 1},
    {"", "Gather", import_gather, 2, 2, 1, kNone, 1}, {"", "GatherElements", import_gather, 2, 2, 1, kNone, 1},
    {kMl, "ArrayFeatureExtractor", import_feature_extractor, 2, 2, 1, kNone, 1},
    {kMl, "Scaler", import_scaler}, {kMl, "Normalizer", import_normalizer}, {kMl, "Imputer", import_imputer}, 
    {kMl, "OneHotEncoder", import_one_hot, 1, 1, 1, kNone, kNone, 0, knows_all},
    {kMl, "LabelEncoder", import_label_encoder}, {kMl, "CategoryMapper", import_category_mapper}, {kMl, "Binarizer", import_binarizer},
    {kMl, "FeatureVectorizer", import_feature_vectorizer, 1, kAny}, {kMl, "ZipMap", import_zip_map},
    {kMl, "LinearClassifier", import_linear, 1, 1, 2}, {kMl, "LinearRegressor", import_linear},
    {kMl, "SVMClassifier", import_svm_classifier, 1, 1, 2}, {kMl, "SVMRegressor", import_svm_regressor},
    {kMl, "TreeEnsembleClassifier", import_trees, 1, 1, 2}, {kMl, "TreeEnsembleRegressor", import_trees}, {kMl, "TreeEnsemble", import_tree_ensemble},
};
}  // namespace

const OnnxOp* find_onnx_op(std::string_view domain, std::string_view name) {
  const auto* found = std::find_if(std::begin(kOps), std::end(kOps), [&](const OnnxOp& op) { return op.domain == domain && op.name == name; });
  return found == std::end(kOps) ? nullptr : found;
}
}  // namespace headroom::importers
