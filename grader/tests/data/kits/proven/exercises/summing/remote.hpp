#ifndef QKV_SUMMING_REMOTE_HPP
#define QKV_SUMMING_REMOTE_HPP

#include "summing.hpp"
#include "wire/interface.hpp"

QKV_REMOTE(summing, total)

#endif
