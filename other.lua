#!lua name=two
redis.register_function('two', function(keys, args) return 22 end)
