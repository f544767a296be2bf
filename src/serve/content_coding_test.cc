#include "serve/content_coding.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace headroom::serve {
namespace {
std::string zlib_of(const std::string& text) {
  auto size = compressBound(static_cast<uLong>(text.size()));
  std::string out(size, '\0');
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size())), Z_OK);
  out.resize(size);
  return out;
}
std::string gzip_of(BodyCoder& coder, const std::string& text) {
  http::ByteBuffer out;
  coder.gzip(text, out);
  return std::string(out.view());
}

TEST(BodyCoder, WhatIsDoneIsUndone) {
  BodyCoder coder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{100'000}}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * i % 97);
    EXPECT_EQ(coder.undo(Coding::gzip, gzip_of(coder, text), size).value(), text);
    EXPECT_EQ(coder.undo(Coding::deflate, zlib_of(text), size).value(), text);
  }
}

TEST(BodyCoder, ABombIsStoppedAtItsLimit) {
  BodyCoder coder;
  const auto bomb = gzip_of(coder, std::string(10'000'000, '0'));
  EXPECT_LT(bomb.size(), 100'000U);
  EXPECT_EQ(coder.undo(Coding::gzip, bomb, 1'000'000).error().status, 413);
  EXPECT_EQ(coder.undo(Coding::gzip, bomb, 9'999'999).error().status, 413);
  EXPECT_EQ(coder.undo(Coding::gzip, bomb, 10'000'000).value().size(), 10'000'000U);
}

TEST(BodyCoder, DamagedCutAndFollowedOnesAreErrors) {
  BodyCoder coder;
  const auto whole = gzip_of(coder, "some text that is long enough to be cut");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(coder.undo(Coding::gzip, whole.substr(0, size), 1000)) << size;
  EXPECT_FALSE(coder.undo(Coding::gzip, whole + "x", 1000));
  EXPECT_FALSE(coder.undo(Coding::gzip, whole + whole, 1000));
  EXPECT_FALSE(coder.undo(Coding::deflate, whole, 1000));
  auto damaged = whole;
  damaged[damaged.size() / 2] ^= 1;
  EXPECT_FALSE(coder.undo(Coding::gzip, damaged, 1000));
  EXPECT_TRUE(coder.undo(Coding::gzip, whole, 1000)) << "an error before does not matter";
}

TEST(BodyCoder, FieldsAreRead) {
  EXPECT_EQ(coding_of(""), Coding::identity);
  EXPECT_EQ(coding_of("GZip"), Coding::gzip);
  EXPECT_EQ(coding_of("deflate"), Coding::deflate);
  for (const auto* field : {"br", "gzip, gzip", "gzip,"}) EXPECT_EQ(coding_of(field), Coding::unknown) << field;
  for (const auto* field : {"gzip", "deflate, gzip", "br;q=1.0, gzip;q=0.2", "*", "GZIP ; q=1", "x-gzip"}) EXPECT_TRUE(accepts_gzip(field)) << field;
  for (const auto* field : {"", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzip;level=1", "gzipped"}) EXPECT_FALSE(accepts_gzip(field)) << field;
}
}  // namespace
}  // namespace headroom::serve
