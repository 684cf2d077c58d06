"""Operations written in Python: typed functions that build plans."""
