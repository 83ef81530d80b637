module Main (main) where

import Ledger (balance)

main :: IO ()
main = putStrLn ("the ledger holds " ++ show (balance [("bread", 3), ("salt", 4), ("bread", 5)]))
