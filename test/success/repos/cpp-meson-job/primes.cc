#include <iostream>

int main() {
  int count = 0;
  for (int n = 2; n < 1000; ++n) {
    bool prime = true;
    for (int d = 2; d * d <= n; ++d) prime = prime && n % d != 0;
    count += prime;
  }
  std::cout << count << " primes below a thousand\n";
}
