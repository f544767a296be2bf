// Text as Python's str, re and unicodedata see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/pipeline.h"
#include "model/tokens.h"
#include "model/vectorizer.h"

namespace headroom::model {
namespace {
std::string lowered(std::string_view text) {
  unicode::CodePoints points;
  unicode::decode(text, points);
  unicode::lower(points);
  std::string out;
  for (const auto point : points) unicode::encode(point, out);
  return out;
}

std::vector<std::string> terms(Tokenizer::Spec spec, std::string_view document) {
  std::vector<std::string> out;
  TokenScratch scratch;
  Tokenizer(std::move(spec)).each_term(document, scratch, [&](std::string_view term) { out.emplace_back(term); });
  return out;
}

TEST(Unicode, LowersAsPythonDoes) {
  EXPECT_EQ(lowered("ÀÉ ẞ Ж Ǆ"), "àé ß ж ǆ");
  EXPECT_EQ(lowered("İI"), "i\u0307i");
  EXPECT_EQ(lowered("ΟΔΟΣ ΣΑΣ Σ ΑΣ\u0301 ΑΣ\u0301Β"), "οδος σας σ ας\u0301 ασ\u0301β");
  EXPECT_EQ(lowered("\U00010400"), "\U00010428");
}

TEST(Unicode, KnowsWordsAndSpaces) {
  for (const std::uint32_t point : {0x41U, 0x5fU, 0xe9U, 0xbdU, 0xb2U, 0x661U, 0x6771U, 0x1d7d8U}) EXPECT_TRUE(unicode::is_word(point)) << point;
  for (const std::uint32_t point : {0x2dU, 0x301U, 0x200bU, 0x20acU, 0x1f600U}) EXPECT_FALSE(unicode::is_word(point)) << point;
  for (const std::uint32_t point : {0x20U, 0x09U, 0x1cU, 0xa0U, 0x2003U, 0x3000U}) EXPECT_TRUE(unicode::is_space(point)) << point;
  EXPECT_FALSE(unicode::is_space(0x200b));
}

TEST(Tokenizer, WordsAreRunsOfTwoOrMore) {
  EXPECT_THAT(terms({}, "A cat's naïve CAFÉ, x_1 \u00bd\u00bd"), testing::ElementsAre("cat", "naïve", "café", "x_1", "\u00bd\u00bd"));
}

TEST(Tokenizer, StripsAccentsByDecomposition) {
  Tokenizer::Spec spec;
  spec.accents = Accents::strip;
  EXPECT_THAT(terms(spec, "Ångström ﬁne \uac00\u0301"), testing::ElementsAre("angstrom", "fine", "\u1100\u1161"));
  spec.accents = Accents::ascii;
  EXPECT_THAT(terms(spec, "Ångström ﬁne Straße"), testing::ElementsAre("angstrom", "fine", "strae"));
}

TEST(Tokenizer, StopWordsLeaveBeforeNeighboursAreJoined) {
  Tokenizer::Spec spec;
  spec.most = 2;
  spec.stop_words = {"the", "on"};
  EXPECT_THAT(terms(spec, "the cat on the mat"), testing::ElementsAre("cat", "mat", "cat mat"));
}

TEST(Tokenizer, CharactersInWordsStandBetweenSpaces) {
  Tokenizer::Spec spec;
  spec.analyzer = Analyzer::characters_in_words;
  spec.least = 3;
  spec.most = 4;
  EXPECT_THAT(terms(spec, "ab  é"), testing::ElementsAre(" ab", "ab ", " ab ", " é "));
  spec.analyzer = Analyzer::characters;
  EXPECT_THAT(terms(spec, "a \t b"), testing::ElementsAre("a b"));
}

TEST(Vectorizer, HashesAsMurmur3WithItsSign) {
  // What HashingVectorizer(n_features=8, norm=None) of scikit-learn 1.9.1 gives.
  Vectorization how;
  how.n_columns = 8;
  how.alternate_sign = true;
  const Vectorizer model(Tokenizer({}), std::move(how));
  const std::string_view cells[] = {"cat mat cat"};
  Column column;
  column.type = ColumnType::text;
  column.text = cells;
  Output out;
  Scratch scratch;
  model.predict(Method::transform, Rows({&column, 1}, 1), out, scratch);
  EXPECT_THAT(out.f64, testing::ElementsAre(0, 0, 0, -1, 0, 0, 0, 2));
}

TEST(Pipeline, ANumberIsRefusedWhereTheFirstStepTakesDocuments) {
  Vectorization how;
  how.n_columns = 8;
  const Pipeline model({std::make_shared<Vectorizer>(Tokenizer({}), std::move(how)), std::make_shared<TfidfTransform>(8, Weighting{})});
  const double number = 0.5;
  const auto valid = model.validate(Rows(MatrixView<const double>(&number, 1, 1)));
  ASSERT_FALSE(valid);
  EXPECT_EQ(valid.error().message, "a document is needed, text, not a number");
}
}  // namespace
}  // namespace headroom::model
