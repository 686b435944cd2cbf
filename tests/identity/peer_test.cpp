// Whose connection it is, found out of a real one.
#include "orchestrator/identity/peer.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

namespace orch::identity {
namespace {

using boost::asio::ip::tcp;

End end_of(const tcp::endpoint& endpoint) {
  return {endpoint.address().to_string(), endpoint.port()};
}

// The kernel says of such a socket that it is root's.
TEST(Peer, IsNobodyAfterTheClientHasClosed) {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  tcp::socket client(io);
  client.connect(acceptor.local_endpoint());
  const auto server = acceptor.accept();
  const auto theirs = end_of(server.remote_endpoint()), ours = end_of(server.local_endpoint());
  client.close();
  EXPECT_FALSE(peer_user(theirs, ours));
}

TEST(Peer, IsTheUserAtTheOtherEnd) {
  boost::asio::io_context io;
  for (const auto* address : {"127.0.0.1", "::1"}) {
    const tcp::endpoint wanted(boost::asio::ip::make_address(address), 0);
    boost::system::error_code none;
    tcp::acceptor acceptor(io);
    acceptor.open(wanted.protocol(), none);
    if (!none) acceptor.bind(wanted, none);
    if (none) continue;  // no IPv6 here
    acceptor.listen();
    tcp::socket client(io);
    client.connect(acceptor.local_endpoint());
    const auto server = acceptor.accept();
    const auto theirs = end_of(server.remote_endpoint()), ours = end_of(server.local_endpoint());
    EXPECT_EQ(peer_user(theirs, ours), ::geteuid()) << address;
    EXPECT_FALSE(peer_user({theirs.address, 1}, ours));
  }
  EXPECT_FALSE(peer_user({"192.0.2.1", 80}, {"127.0.0.1", 80})) << "not of this machine";
  EXPECT_FALSE(peer_user({}, {}));
}

}  // namespace
}  // namespace orch::identity
