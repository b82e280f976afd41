#ifndef QKV_SUMMING_REMOTE_HPP
#define QKV_SUMMING_REMOTE_HPP

#include "wire/interface.hpp"
#include "summing.hpp"

QKV_REMOTE(summing, total)

#endif
