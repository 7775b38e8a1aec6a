"""What is wrong with an installation: the doctor's examinations, and a bundle for support without anybody's secrets."""
