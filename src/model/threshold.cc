#include "model/threshold.h"

namespace headroom::model {
Threshold::Threshold(Spec spec) : spec_(std::move(spec)) {
  edit_info() = spec_.member.model->info();
  edit_info().predict_is_first_largest = false;
}

expected<void, RowError> Threshold::validate(const Rows& rows) const { return spec_.member.model->validate(rows); }

void Threshold::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  if (method != Method::predict) return spec_.member.model->predict(method, rows, out, scratch);
  const Output& scores = ask(spec_.member, spec_.score, rows, part(scratch, 0));
  out.rows = rows.count();
  out.columns = 1;
  out.dtype = DType::i64;
  out.i64.resize(out.rows);
  for (std::size_t i = 0; i < out.rows; ++i) {
    double score = value_at(scores, i * scores.columns + (scores.columns == 2 ? spec_.positive : 0));
    if (scores.columns == 1 && spec_.positive == 0) score = -score;
    out.i64[i] = static_cast<std::int64_t>(score >= spec_.threshold ? spec_.positive : 1 - spec_.positive);
  }
}
}  // namespace headroom::model
