#include "io/http_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "io/clock.h"

namespace headroom::io {
namespace {
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr http::Refusal kTooLarge{413, "the body is larger than --max-body"};
constexpr http::Refusal kCutOff{400, "the connection ended in the middle of the request"};
constexpr http::Refusal kTooSlow{408, "the request did not arrive in time"};
// After an answer that ends a connection, the peer may still be sending; what it sends is read over for a while, because closing
// on unread bytes makes the kernel send a reset, which may overtake the answer.
constexpr Duration kLinger = std::chrono::seconds(2);
constexpr std::size_t kMaxDiscarded = 64U << 20U;
}  // namespace

HttpConnection::HttpConnection(Fd socket, Instant accepted, HttpThread& thread)
    : thread_(thread), socket_(std::move(socket)), accepted_(accepted) {
  const Instant adopted = io::now();
  arrival_.accept = adopted - accepted;
  deadline_ = adopted + thread.options.idle_timeout;
}

HttpConnection::Next HttpConnection::ready(std::uint32_t events) {
  begun_ = thread_.last;
  switch (state_) {
    case State::writing: return write_pending();
    case State::lingering: return discard();
    default: return (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0 ? read() : Next::keep;
  }
}

HttpConnection::Next HttpConnection::check(Instant now) {
  const Phase phase = thread_.phase.load(std::memory_order_relaxed);
  if (state_ == State::idle && (phase == Phase::ending || phase == Phase::returning)) {
    begun_ = now;
    if (const Next next = read(); next != Next::keep || state_ != State::idle) return next;  // a last look: it may just have asked
    return phase == Phase::ending ? Next::close : Next::give_back;
  }
  if (now < deadline_) return Next::keep;
  if (state_ != State::head && state_ != State::body) return Next::close;
  begun_ = received_ = now;
  refusal_ = kTooSlow;
  refuse();
  return flush() ? settle() : Next::close;
}

HttpConnection::Next HttpConnection::read() {
  const bool stashed = !stash_.empty();
  char* const room = stashed ? stash_.room(kReadSize + kPadding) : thread_.in.data();
  const ssize_t count = ::recv(socket_.get(), room, kReadSize, 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Next::keep : Next::close;
  thread_.last = received_ = io::now();
  if (stashed) {
    stash_.end_at(room + count);
  } else {
    thread_.in.resize(static_cast<std::size_t>(count));
    at_ = 0;
  }
  if (count == 0) {
    peer_closed_ = true;
    if (!stashed) return Next::close;
  }
  return answer_all();
}

HttpConnection::Next HttpConnection::answer_all() {
  while (!closing_ && pending_.empty()) {
    const Found found = next_request();
    if (found == Found::more) break;
    found == Found::request ? answer() : refuse();
    if (thread_.out.size() >= thread_.options.max_output && !flush()) return Next::close;
  }
  if (peer_closed_ && now_.begun && !closing_ && pending_.empty()) {
    refusal_ = kCutOff;
    refuse();
  }
  return flush() ? settle() : Next::close;
}

HttpConnection::Found HttpConnection::next_request() {
  if (now_.head_size == 0) {
    if (const Found head = new_head(); head != Found::request) return head;
  }
  const Found body = now_.chunked ? chunked_body() : counted_body();
  if (body == Found::more) now_.parsed = false;  // the next request of this thread overwrites the head
  return body;
}

HttpConnection::Found HttpConnection::new_head() {
  while (rest().starts_with("\r\n")) at_ += 2;  // empty lines before a request are read over: RFC 9112 section 2.2
  if (rest().empty() || rest() == "\r") return Found::more;
  if (!now_.begun) arrival_.first_byte = thread_.turn;
  now_.begun = true;
  const auto size = now_.scanner.scan(rest(), thread_.options.http);
  if (!size) return refused(size.error());
  if (*size == 0) return Found::more;
  now_.head_size = *size;
  if (!understand_head()) return Found::refused;
  const auto& head = thread_.head;
  now_.chunked = head.chunked;
  now_.body_size = head.chunked ? 0 : static_cast<std::size_t>(head.content_length);
  now_.raw_at = now_.head_size;
  if (head.expects_continue && rest().size() == now_.head_size && (head.chunked || head.content_length > 0)) thread_.out.append(kContinue);
  return Found::request;
}

bool HttpConnection::understand_head() {
  arrival_.parse_begun = thread_.last;
  const auto parsed = http::parse_head(rest().substr(0, now_.head_size), thread_.options.http, thread_.head);
  if (!parsed) refusal_ = parsed.error();
  now_.parsed = true;
  thread_.last = arrival_.parsed = io::now();
  return parsed.has_value();
}

HttpConnection::Found HttpConnection::counted_body() {
  return rest().size() - now_.head_size >= now_.body_size ? Found::request : Found::more;
}

// Undoes chunks in place: the body grows right behind the head, over the bytes of the chunk sizes.
HttpConnection::Found HttpConnection::chunked_body() {
  while (true) {
    const auto step = now_.chunks.next(rest().substr(now_.raw_at));
    if (step.kind == http::ChunkStep::bad) return refused({400, "the chunked body is malformed"});
    if (step.kind == http::ChunkStep::too_long) return refused({431, "chunk extensions or trailers are too long"});
    if (!step.data.empty()) std::memmove(input().data() + at_ + now_.head_size + now_.body_size, step.data.data(), step.data.size());
    now_.raw_at += step.consumed;
    now_.body_size += step.data.size();
    if (now_.body_size + now_.chunks.left_in_chunk() > thread_.options.http.max_body) return refused(kTooLarge);
    if (step.kind == http::ChunkStep::end) return Found::request;
    if (step.kind == http::ChunkStep::more) {  // all is undone, so what lies behind the body is of no use any more
      now_.raw_at = now_.head_size + now_.body_size;
      input().resize(at_ + now_.raw_at);
      return Found::more;
    }
  }
}

bool HttpConnection::closes_now() const {
  const Phase phase = thread_.phase.load(std::memory_order_relaxed);
  const Duration age = thread_.options.max_connection_age;
  return phase == Phase::draining || phase == Phase::ending || peer_closed_ || (age.count() > 0 && thread_.turn - accepted_ >= age);
}

void HttpConnection::answer() {
  const bool in_parts = arrival_.first_byte < thread_.turn;
  arrival_.begun = in_parts ? arrival_.first_byte : begun_;
  arrival_.complete = received_;
  if (!now_.parsed && !understand_head()) return refuse();  // it was understood once, before its body had come
  const auto& head = thread_.head;
  const bool closing = closes_now() || !head.keep_alive;
  const Request request{head,      rest().substr(now_.head_size, now_.body_size), arrival_, thread_.waiting, closing,
                        {thread_.date.data(), thread_.date.size()}};
  closing_ = !thread_.handler.answer(request, thread_.out) || closing;
  at_ += now_.chunked ? now_.raw_at : now_.head_size + now_.body_size;
  now_ = Partial();
  arrival_.accept = Duration();
  if (at_ < input().size()) thread_.last = io::now();  // the next one waited for this one: its parsing begins here
}

void HttpConnection::refuse() {
  if (!now_.begun) arrival_.first_byte = thread_.turn;
  const bool in_parts = arrival_.first_byte < thread_.turn;
  arrival_.begun = in_parts ? arrival_.first_byte : begun_;
  arrival_.complete = received_;
  if (!now_.parsed) {
    thread_.head = http::Head();
    arrival_.parse_begun = arrival_.parsed = received_;
  }
  const Request request{thread_.head, {}, arrival_, thread_.waiting, true, {thread_.date.data(), thread_.date.size()}};
  thread_.handler.refuse(refusal_, request, thread_.out);
  closing_ = true;
}

// Hands the output to the kernel, and what it does not take to pending_. False: the connection is broken.
bool HttpConnection::flush() {
  auto& out = thread_.out;
  if (out.empty()) return true;
  ssize_t sent = ::send(socket_.get(), out.data(), out.size(), MSG_NOSIGNAL);
  const bool broken = sent < 0 && errno != EAGAIN && errno != EINTR;
  thread_.last = io::now();
  thread_.handler.written(thread_.last);
  sent = std::max<ssize_t>(sent, 0);
  if (!broken && static_cast<std::size_t>(sent) < out.size()) {
    pending_.append(out.view().substr(static_cast<std::size_t>(sent)));
    thread_.loop.rewatch(socket_.get(), EPOLLOUT, this);
    enter(State::writing, thread_.options.write_timeout);
  }
  out.clear();
  if (out.capacity() > thread_.options.max_output) out.release();
  return !broken;
}

HttpConnection::Next HttpConnection::write_pending() {
  const ssize_t sent = ::send(socket_.get(), pending_.data(), pending_.size(), MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR ? Next::keep : Next::close;
  pending_.remove_front(static_cast<std::size_t>(sent));
  if (sent > 0) enter(State::writing, thread_.options.write_timeout);
  if (!pending_.empty()) return Next::keep;
  pending_.release();
  state_ = State::idle;
  thread_.loop.rewatch(socket_.get(), EPOLLIN | EPOLLRDHUP, this);
  if (closing_) return linger();
  if (stash_.empty()) return settle();
  received_ = thread_.last;
  return answer_all();
}

namespace {
/// True for as many callers, of all threads, as were asked for.
bool take_one(std::atomic<std::uint32_t>& wanted) {
  auto count = wanted.load(std::memory_order_relaxed);
  while (count > 0) {
    if (wanted.compare_exchange_weak(count, count - 1, std::memory_order_relaxed)) return true;
  }
  return false;
}
}  // namespace

// After all that could be answered has been: what the connection waits for now.
HttpConnection::Next HttpConnection::settle() {
  keep_rest();
  if (!pending_.empty()) return Next::keep;
  if (closing_) return linger();
  if (peer_closed_) return Next::close;
  if (now_.head_size != 0) {
    if (state_ != State::body) enter(State::body, thread_.options.body_timeout);
  } else if (now_.begun) {
    if (state_ != State::head) enter(State::head, thread_.options.head_timeout);
  } else {
    const Phase phase = thread_.phase.load(std::memory_order_relaxed);
    if (phase == Phase::ending) return Next::close;
    if (phase == Phase::returning || take_one(thread_.wanted_back)) return Next::give_back;
    enter(State::idle, thread_.options.idle_timeout);
  }
  return Next::keep;
}

void HttpConnection::keep_rest() {
  if (stash_.empty()) {
    const auto left = rest();
    if (!left.empty() && !closing_) {
      stash_.reserve(left.size() + kPadding);
      stash_.append(left);
    }
    thread_.in.clear();
  } else {
    stash_.remove_front(at_);
    if (stash_.empty() || closing_) stash_.release();
  }
  at_ = 0;
  // What is left has been here since now, though it may be looked at only when answers before it have gone out.
  if (!stash_.empty() && !now_.begun) {
    arrival_.first_byte = thread_.turn;
    now_.begun = true;
  }
}

void HttpConnection::enter(State state, Duration limit) {
  state_ = state;
  deadline_ = thread_.last + limit;
}

HttpConnection::Next HttpConnection::linger() {
  if (peer_closed_) return Next::close;
  ::shutdown(socket_.get(), SHUT_WR);
  enter(State::lingering, kLinger);
  return Next::keep;
}

HttpConnection::Next HttpConnection::discard() {
  const ssize_t count = ::recv(socket_.get(), thread_.in.data(), kReadSize, 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Next::keep : Next::close;
  discarded_ += static_cast<std::size_t>(count);
  return count == 0 || discarded_ > kMaxDiscarded ? Next::close : Next::keep;
}
}  // namespace headroom::io
