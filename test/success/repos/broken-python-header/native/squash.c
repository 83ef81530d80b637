#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <snappy-c.h>

static PyObject *squashed(PyObject *self, PyObject *words) {
  const char *text;
  Py_ssize_t length;
  if (!PyArg_ParseTuple(words, "s#", &text, &length)) return NULL;
  return PyLong_FromSize_t(snappy_max_compressed_length((size_t)length));
}

static PyMethodDef methods[] = {{"squashed", squashed, METH_VARARGS, "Most bytes that a text needs."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "squash", NULL, -1, methods};
PyMODINIT_FUNC PyInit_squash(void) { return PyModule_Create(&module); }
