import sys

import inflection

print(inflection.pluralize(sys.argv[1]))
