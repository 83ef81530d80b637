module Ledger (balance) where

import qualified Data.Map.Strict as Map

-- | Sum of what every account holds.
balance :: [(String, Int)] -> Int
balance = sum . Map.elems . Map.fromListWith (+)
