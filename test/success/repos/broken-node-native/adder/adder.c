#include <node_api.h>

static napi_value add(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value words[2], sum;
  double one, other;
  napi_get_cb_info(env, info, &count, words, NULL, NULL);
  napi_get_value_double(env, words[0], &one);
  napi_get_value_double(env, words[1], &other);
  napi_create_double(env, one + other, &sum);
  return sum;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "add", NAPI_AUTO_LENGTH, add, NULL, &function);
  napi_set_named_property(env, exports, "add", function);
  return exports;
}
