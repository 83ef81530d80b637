from setuptools import Extension, setup

setup(ext_modules=[Extension("squash", ["squash.c"], libraries=["snappy"])])
