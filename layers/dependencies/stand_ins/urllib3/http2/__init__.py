"""Instead of HTTP/2, which has to be asked for; what finds the version of its library loads how wheels are described."""
