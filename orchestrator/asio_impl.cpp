// Asio and Beast, compiled once; who includes them links orch::asio, which says so to the headers.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
